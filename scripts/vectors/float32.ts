/**
 * Writes test/vectors/float32.json: binary32 operations with their results, as bit patterns in hexadecimal.
 *
 *     tsx scripts/vectors/float32.ts
 */
import { writeFileSync } from "node:fs"
import * as scalar from "../../src/engine/reference/scalar.ts"
import { exponents, pairs, seeded, SPECIAL } from "../../test/referee/float32-cases.ts"

/** One operation on bit patterns; `b` is absent where there is one operand. */
interface Vector {
  readonly op: "add" | "sub" | "mul" | "div" | "maximum" | "exp"
  readonly a: string
  readonly b?: string
  readonly result: string
}

const BINARY = ["add", "sub", "mul", "div", "maximum"] as const
const PER_OPERATION = 80
const SEED = 0x6f6e7573

const hex = (bits: number): string => `0x${bits.toString(16).padStart(8, "0")}`

function binaryVectors(op: (typeof BINARY)[number]): Vector[] {
  const words = pairs(PER_OPERATION, seeded(SEED))
  return Array.from({ length: PER_OPERATION }, (_, i) => {
    const [a, b] = [words[2 * i], words[2 * i + 1]]
    const result = scalar.toBits(scalar[op](scalar.fromBits(a), scalar.fromBits(b)))
    return { op, a: hex(a), b: hex(b), result: hex(result) }
  })
}

function exponentialVectors(): Vector[] {
  return [...SPECIAL, ...exponents(PER_OPERATION, seeded(SEED))].map((a) => ({
    op: "exp",
    a: hex(a),
    result: hex(scalar.toBits(scalar.exp(scalar.fromBits(a)))),
  }))
}

const vectors = [...BINARY.flatMap(binaryVectors), ...exponentialVectors()]
const lines = vectors.map((vector) => `  ${JSON.stringify(vector)}`)
writeFileSync(new URL("../../test/vectors/float32.json", import.meta.url), `[\n${lines.join(",\n")}\n]\n`)
