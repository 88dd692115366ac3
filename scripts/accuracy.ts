/**
 * Measures the functions of docs/semantics.md 2.7 against binary64, on every STEP-th float of their ranges:
 * `node --import tsx scripts/accuracy.ts [STEP]`, 257 unless told. STEP 1 takes some minutes per function.
 */
import { Emitter } from "../src/engine/program/scalar/emitter.ts"
import { pow } from "../src/engine/program/scalar/pow.ts"
import { fromBits, toBits } from "../src/engine/reference/scalar.ts"
import { ElementType } from "../src/protocol/program.ts"
import { compile } from "./accuracy/compile.ts"
import { type Worst, ulps, worst } from "./accuracy/error.ts"
import { FUNCTIONS, type Measured } from "./accuracy/functions.ts"

const { Float32 } = ElementType
const step = Number(process.argv[2] ?? 257)

function measure({ emit, exactly, low, high }: Measured): { length: number; worst: Worst } {
  const e = new Emitter(Float32)
  const instructions = e.upTo(emit(e, 0))
  const compiled = compile(instructions)
  const f = (x: number): number => compiled(x, 0)
  const found: Worst[] = []
  if (high > 0) found.push(worst(f, exactly, [toBits(Math.max(low, 0)), toBits(high)], step))
  if (low < 0) found.push(worst(f, exactly, [toBits(Math.min(high, -0)), toBits(low)], step))
  return { length: instructions.length, worst: found.reduce((a, b) => (b.error > a.error ? b : a)) }
}

/** Bases of all exponents and near 1, exponents that spread the results over all floats. */
function measurePow(count: number): { length: number; error: number; at: string } {
  const e = new Emitter(Float32)
  const instructions = e.upTo(pow(e, 0, e.load(0, Float32)))
  const compiled = compile(instructions)
  let [error, at, word] = [0, "", 1]
  const random = (): number => {
    for (const shift of [13, -17, 5]) word ^= shift > 0 ? word << shift : word >>> -shift // xorshift32
    return word >>> 0
  }
  for (let i = 0; i < count; i++) {
    const x = fromBits(i % 2 ? random() % 0x7f800000 : 0x3f000000 + (random() % 0x01000000))
    const y = Math.fround(((random() / 2 ** 32 - 0.5) * 252) / (Math.abs(Math.log2(x)) || 1))
    const found = ulps(compiled(x, y), Math.pow(x, y))
    if (found > error) [error, at] = [found, `${x} ^ ${y}`]
  }
  return { length: instructions.length, error, at }
}

const rows: Record<string, { instructions: number; error: string; at: number | string }> = {}
for (const measured of FUNCTIONS) {
  const { length, worst } = measure(measured)
  rows[measured.name] = { instructions: length, error: worst.error.toFixed(3), at: worst.at }
}
const { length, error, at } = measurePow(Math.round(1e9 / step))
rows.pow = { instructions: length, error: error.toFixed(3), at }
console.table(rows)
