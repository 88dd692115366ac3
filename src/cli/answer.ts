import { type Execution, valuesOf } from "../engine/executor.ts"

/** The outputs of a run by name. */
export type Outputs = Readonly<Record<string, readonly (number | bigint)[]>>

/** More values than this are left to `--json`. */
const SHOWN = 16

/** Reads the outputs of a run. */
export function outputsOf(run: Execution): Outputs {
  const values = run.program.outputs.map(({ name, tensor }) => {
    return [name, Array.from<number | bigint>(valuesOf(tensor.type, run.bytes(tensor)))] as const
  })
  return Object.fromEntries(values)
}

/** Outputs as data: what JSON has no number for is text, NaN, infinities and int64 beyond 2^53. */
export function outputData(outputs: Outputs): Record<string, (number | string)[]> {
  const plain = (value: number | bigint) => {
    return typeof value === "bigint" ? exact(value) : Number.isFinite(value) ? value : String(value)
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, values]) => [name, values.map(plain)]))
}

/** Outputs for people: the values, and where the largest is, which is what classifiers mean. */
export function outputLines(outputs: Outputs): string[] {
  return Object.entries(outputs).flatMap(([name, values]) => {
    const more = values.length > SHOWN ? ` ... ${values.length - SHOWN} more` : ""
    const shown = values.slice(0, SHOWN).map(short)
    const numbers = values.filter((value) => !Number.isNaN(value))
    const largest = numbers.reduce((best, value) => (value > best ? value : best), numbers[0])
    const where = () => `element ${values.indexOf(largest)}, ${precise(largest)}`
    return [
      `${name}: ${shown.join(" ")}${more}`,
      `largest: ${numbers.length === 0 ? "none, no value is a number" : where()}`,
    ]
  })
}

const exact = (value: bigint): number | string => {
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
}

const short = (value: number | bigint) => (typeof value === "bigint" ? value : Number(value.toPrecision(4)))

const precise = (value: number | bigint) => (typeof value === "bigint" ? value : value.toPrecision(6))
