import { type Execution, valuesOf } from "../engine/executor.ts"

/** The outputs of a run by name. */
export type Outputs = Readonly<Record<string, readonly number[]>>

/** More values than this are left to `--json`. */
const SHOWN = 16

/** Reads the outputs of a run. */
export function outputsOf(run: Execution): Outputs {
  const values = run.program.outputs.map(({ name, tensor }) => {
    return [name, Array.from(valuesOf(tensor.type, run.bytes(tensor)), Number)] as const
  })
  return Object.fromEntries(values)
}

/** Outputs as data: JSON has no NaN and no infinity, so these are text. */
export function outputData(outputs: Outputs): Record<string, (number | string)[]> {
  const plain = (value: number) => (Number.isFinite(value) ? value : String(value))
  return Object.fromEntries(Object.entries(outputs).map(([name, values]) => [name, values.map(plain)]))
}

/** Outputs for people: the values, and where the largest is, which is what classifiers mean. */
export function outputLines(outputs: Outputs): string[] {
  return Object.entries(outputs).flatMap(([name, values]) => {
    const more = values.length > SHOWN ? ` ... ${values.length - SHOWN} more` : ""
    const shown = values.slice(0, SHOWN).map((value) => Number(value.toPrecision(4)))
    const numbers = values.filter((value) => !Number.isNaN(value))
    const largest = numbers.reduce((best, value) => Math.max(best, value), -Infinity)
    const where = `element ${values.indexOf(largest)}, ${largest.toPrecision(6)}`
    return [
      `${name}: ${shown.join(" ")}${more}`,
      `largest: ${numbers.length === 0 ? "none, no value is a number" : where}`,
    ]
  })
}
