// The operations on registers by number.
import {
  ADD_F32,
  ADD_I32,
  ADD_I64,
  AND_I32,
  AND_I64,
  BITS_F32,
  DIV_F32,
  DIV_I32,
  DIV_I64,
  EQ_F32,
  EQ_I32,
  EQ_I64,
  EXP_F32,
  F32_TO_I32,
  F32_TO_I64,
  I32_TO_F32,
  I32_TO_I64,
  I64_TO_F32,
  I64_TO_I32,
  LT_F32,
  LT_I32,
  LT_I64,
  MAX_F32,
  MAX_I32,
  MAX_I64,
  MIN_F32,
  MIN_I32,
  MIN_I64,
  MUL_F32,
  MUL_I32,
  MUL_I64,
  REM_F32,
  REM_I32,
  REM_I64,
  ROUND_F32,
  SELECT_32,
  SHR_I32,
  SHR_I64,
  SQRT_F32,
  SUB_F32,
  SUB_I32,
  SUB_I64,
  TRUTH_F32,
  TRUTH_I32,
  TRUTH_I64,
  WRAP_I8,
  WRAP_U8,
  XOR_I32,
  XOR_I64,
} from "./codes"
import { exponentials } from "./exp"
import * as floats from "./float-lanes"
import { floats1, floats2 } from "./float-lanes"
import * as words from "./integer-lanes"
import { eachWord2, select32, words1, words2 } from "./integer-lanes"
import * as longs from "./long-lanes"
import { compareLongs, fromLongs, longs2, select64, toLongs, truthOfLongs } from "./long-lanes"
import { remainders } from "./remainder"

/**
 * Applies an operation to `n` lanes, written to `dst`. Lanes of 32 bits are written in whole vectors.
 *
 * An operand advances by its step per vector: 16, or 0 if all lanes are the same.
 */
export function apply(
  op: i32,
  a: usize,
  stepA: usize,
  b: usize,
  stepB: usize,
  c: usize,
  stepC: usize,
  dst: usize,
  n: i32,
): void {
  const bytes = ((<usize>n + 3) >> 2) << 4
  switch (op) {
    case ADD_F32:
      return floats2<floats.Add>(a, stepA, b, stepB, dst, bytes)
    case SUB_F32:
      return floats2<floats.Sub>(a, stepA, b, stepB, dst, bytes)
    case MUL_F32:
      return floats2<floats.Mul>(a, stepA, b, stepB, dst, bytes)
    case DIV_F32:
      return floats2<floats.Div>(a, stepA, b, stepB, dst, bytes)
    case REM_F32:
      return remainders(a, stepA, b, stepB, dst, bytes)
    case MIN_F32:
      return floats2<floats.Min>(a, stepA, b, stepB, dst, bytes)
    case MAX_F32:
      return floats2<floats.Max>(a, stepA, b, stepB, dst, bytes)
    case ROUND_F32:
      return floats1<floats.Round>(a, stepA, dst, bytes)
    case SQRT_F32:
      return floats1<floats.Sqrt>(a, stepA, dst, bytes)
    case EXP_F32:
      return exponentials(a, stepA, dst, bytes)
    case BITS_F32:
      return floats1<floats.Canonical>(a, stepA, dst, bytes)
    case EQ_F32:
      return floats2<floats.Eq>(a, stepA, b, stepB, dst, bytes)
    case LT_F32:
      return floats2<floats.Lt>(a, stepA, b, stepB, dst, bytes)
    case TRUTH_F32:
      return floats1<floats.Truth>(a, stepA, dst, bytes)
    case F32_TO_I32:
      return words1<words.FromFloat>(a, stepA, dst, bytes)
    case F32_TO_I64:
      return toLongs<f32>(a, stepA, dst, n)
    case ADD_I32:
      return words2<words.Add>(a, stepA, b, stepB, dst, bytes)
    case SUB_I32:
      return words2<words.Sub>(a, stepA, b, stepB, dst, bytes)
    case MUL_I32:
      return words2<words.Mul>(a, stepA, b, stepB, dst, bytes)
    case DIV_I32:
      return eachWord2<words.Div>(a, stepA, b, stepB, dst, bytes)
    case REM_I32:
      return eachWord2<words.Rem>(a, stepA, b, stepB, dst, bytes)
    case MIN_I32:
      return words2<words.Min>(a, stepA, b, stepB, dst, bytes)
    case MAX_I32:
      return words2<words.Max>(a, stepA, b, stepB, dst, bytes)
    case AND_I32:
      return words2<words.And>(a, stepA, b, stepB, dst, bytes)
    case XOR_I32:
      return words2<words.Xor>(a, stepA, b, stepB, dst, bytes)
    case SHR_I32:
      return eachWord2<words.Shr>(a, stepA, b, stepB, dst, bytes)
    case EQ_I32:
      return words2<words.Eq>(a, stepA, b, stepB, dst, bytes)
    case LT_I32:
      return words2<words.Lt>(a, stepA, b, stepB, dst, bytes)
    case TRUTH_I32:
      return words1<words.Truth>(a, stepA, dst, bytes)
    case WRAP_I8:
      return words1<words.WrapSigned>(a, stepA, dst, bytes)
    case WRAP_U8:
      return words1<words.WrapUnsigned>(a, stepA, dst, bytes)
    case I32_TO_F32:
      return words1<words.ToFloat>(a, stepA, dst, bytes)
    case I32_TO_I64:
      return toLongs<i32>(a, stepA, dst, n)
    case SELECT_32:
      return select32(a, stepA, b, stepB, c, stepC, dst, bytes)
    case ADD_I64:
      return longs2<longs.Add>(a, stepA, b, stepB, dst, n)
    case SUB_I64:
      return longs2<longs.Sub>(a, stepA, b, stepB, dst, n)
    case MUL_I64:
      return longs2<longs.Mul>(a, stepA, b, stepB, dst, n)
    case DIV_I64:
      return longs2<longs.Div>(a, stepA, b, stepB, dst, n)
    case REM_I64:
      return longs2<longs.Rem>(a, stepA, b, stepB, dst, n)
    case MIN_I64:
      return longs2<longs.Min>(a, stepA, b, stepB, dst, n)
    case MAX_I64:
      return longs2<longs.Max>(a, stepA, b, stepB, dst, n)
    case AND_I64:
      return longs2<longs.And>(a, stepA, b, stepB, dst, n)
    case XOR_I64:
      return longs2<longs.Xor>(a, stepA, b, stepB, dst, n)
    case SHR_I64:
      return longs2<longs.Shr>(a, stepA, b, stepB, dst, n)
    case EQ_I64:
      return compareLongs<longs.Eq>(a, stepA, b, stepB, dst, n)
    case LT_I64:
      return compareLongs<longs.Lt>(a, stepA, b, stepB, dst, n)
    case TRUTH_I64:
      return truthOfLongs(a, stepA, dst, n)
    case I64_TO_F32:
      return fromLongs<f32>(a, stepA, dst, n)
    case I64_TO_I32:
      return fromLongs<i32>(a, stepA, dst, n)
    default:
      return select64(a, stepA, b, stepB, c, stepC, dst, n)
  }
}
