// The chains by number: 1 for a factor, 2 or 4 for one or two summands, 6 for a lower bound, 12 for both bounds, 18 if
// the result is an element.
import { chain } from "./chain"

/** Applies chain `number` to the lanes of `bytes` bytes; see `chain`. `operands`: addresses and steps of up to six. */
export function applyChain(number: i32, operands: usize, dst: usize, bytes: usize): void {
  const x = load<usize>(operands)
  const sx = load<usize>(operands, 4)
  const m = load<usize>(operands, 8)
  const sm = load<usize>(operands, 12)
  const a = load<usize>(operands, 16)
  const sa = load<usize>(operands, 20)
  const r = load<usize>(operands, 24)
  const sr = load<usize>(operands, 28)
  const l = load<usize>(operands, 32)
  const h = load<usize>(operands, 40)
  switch (number) {
    case 0:
      return chain<i32, i32, i32, i32, i32, i32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 1:
      return chain<f32, i32, i32, i32, i32, i32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 2:
      return chain<i32, f32, i32, i32, i32, i32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 3:
      return chain<f32, f32, i32, i32, i32, i32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 4:
      return chain<i32, f32, f32, i32, i32, i32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 5:
      return chain<f32, f32, f32, i32, i32, i32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 6:
      return chain<i32, i32, i32, f32, i32, i32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 7:
      return chain<f32, i32, i32, f32, i32, i32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 8:
      return chain<i32, f32, i32, f32, i32, i32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 9:
      return chain<f32, f32, i32, f32, i32, i32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 10:
      return chain<i32, f32, f32, f32, i32, i32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 11:
      return chain<f32, f32, f32, f32, i32, i32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 12:
      return chain<i32, i32, i32, f32, f32, i32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 13:
      return chain<f32, i32, i32, f32, f32, i32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 14:
      return chain<i32, f32, i32, f32, f32, i32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 15:
      return chain<f32, f32, i32, f32, f32, i32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 16:
      return chain<i32, f32, f32, f32, f32, i32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 17:
      return chain<f32, f32, f32, f32, f32, i32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 18:
      return chain<i32, i32, i32, i32, i32, f32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 19:
      return chain<f32, i32, i32, i32, i32, f32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 20:
      return chain<i32, f32, i32, i32, i32, f32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 21:
      return chain<f32, f32, i32, i32, i32, f32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 22:
      return chain<i32, f32, f32, i32, i32, f32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 23:
      return chain<f32, f32, f32, i32, i32, f32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 24:
      return chain<i32, i32, i32, f32, i32, f32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 25:
      return chain<f32, i32, i32, f32, i32, f32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 26:
      return chain<i32, f32, i32, f32, i32, f32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 27:
      return chain<f32, f32, i32, f32, i32, f32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 28:
      return chain<i32, f32, f32, f32, i32, f32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 29:
      return chain<f32, f32, f32, f32, i32, f32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 30:
      return chain<i32, i32, i32, f32, f32, f32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 31:
      return chain<f32, i32, i32, f32, f32, f32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 32:
      return chain<i32, f32, i32, f32, f32, f32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 33:
      return chain<f32, f32, i32, f32, f32, f32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    case 34:
      return chain<i32, f32, f32, f32, f32, f32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
    default:
      chain<f32, f32, f32, f32, f32, f32>(x, sx, m, sm, a, sa, r, sr, l, h, dst, bytes)
  }
}
