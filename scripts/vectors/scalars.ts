/**
 * Writes test/vectors/scalars.json: scalar operations on all types with their results, as bits in hexadecimal.
 *
 *     tsx scripts/vectors/scalars.ts
 */
import { writeFileSync } from "node:fs"
import * as scalar from "../../src/engine/reference/scalar.ts"
import { operation } from "../../src/engine/reference/operations.ts"
import { ElementType, Op, widthOf } from "../../src/protocol/program.ts"
import { exponents, remainders, SPECIAL, seeded, singles } from "../../test/referee/float32-cases.ts"
import {
  binaryOperations,
  binaryReference,
  castReference,
  elementPairs,
  elements,
  resultType,
} from "../../test/referee/scalar-cases.ts"
import type { ScalarVector } from "../../test/referee/vectors.ts"

const PER_OPERATION = 80
const PER_INTEGER_OPERATION = 24
const SEED = 0x6f6e7573

type OpName = keyof typeof Op
type TypeName = keyof typeof ElementType
const nameOf = <T extends string>(names: Readonly<Record<T, number>>, value: number): T =>
  (Object.keys(names) as T[]).find((name) => names[name] === value)!

const hex = (type: ElementType, bits: bigint): string =>
  `0x${bits.toString(16).padStart(2 * widthOf(type), "0")}`

function binaryVectors(op: Op, type: ElementType): ScalarVector[] {
  const count = type === ElementType.Float32 ? PER_OPERATION : PER_INTEGER_OPERATION
  const random = seeded(SEED)
  const isRemainder = type === ElementType.Float32 && op === Op.Rem
  const operands = isRemainder
    ? [...remainders(count, random)].map(BigInt)
    : elementPairs(type, count, random)
  const apply = binaryReference(op, type)
  return Array.from({ length: count }, (_, i) => {
    const [a, b] = [operands[2 * i], operands[2 * i + 1]]
    return {
      op: nameOf<OpName>(Op, op),
      type: nameOf<TypeName>(ElementType, type),
      operands: [hex(type, a), hex(type, b)],
      result: hex(resultType(op, type), apply(a, b)),
    }
  })
}

function floatVectors(op: "Round" | "Sqrt" | "Exp"): ScalarVector[] {
  const apply = operation(Op[op], ElementType.Float32)
  const words = (op === "Exp" ? exponents : singles)(PER_OPERATION, seeded(SEED))
  return [...SPECIAL, ...words].map((a) => {
    const result = scalar.toBits(apply(scalar.fromBits(a), 0) as number)
    const [operand, bits] = [a, result].map((word) => hex(ElementType.Float32, BigInt(word)))
    return { op, type: "Float32", operands: [operand], result: bits }
  })
}

function castVectors(from: ElementType, to: ElementType): ScalarVector[] {
  return elements(from, PER_INTEGER_OPERATION, seeded(SEED)).map((a) => ({
    op: "Cast",
    from: nameOf<TypeName>(ElementType, from),
    type: nameOf<TypeName>(ElementType, to),
    operands: [hex(from, a)],
    result: hex(to, castReference(from, to)(a)),
  }))
}

const types = Object.values(ElementType)
const vectors = [
  ...types.flatMap((type) => binaryOperations(type).flatMap((op) => binaryVectors(op, type))),
  ...(["Round", "Sqrt", "Exp"] as const).flatMap(floatVectors),
  ...types.flatMap((from) => types.filter((to) => to !== from).flatMap((to) => castVectors(from, to))),
]
const lines = vectors.map((vector) => `  ${JSON.stringify(vector)}`)
writeFileSync(new URL("../../test/vectors/scalars.json", import.meta.url), `[\n${lines.join(",\n")}\n]\n`)
