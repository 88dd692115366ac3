import type { Execution } from "../engine/executor.ts"

/** The outputs of a run by name. */
export type Outputs = Readonly<Record<string, readonly number[]>>

/** More values than this are left to `--json`. */
const SHOWN = 16

/** Reads the outputs of a run. */
export function outputsOf(run: Execution): Outputs {
  const values = run.program.outputs.map(({ name, tensor }) => {
    return [name, [...new Float32Array(run.bits(tensor).slice().buffer)]] as const
  })
  return Object.fromEntries(values)
}

/** Outputs for people: the values, and where the largest is, which is what classifiers mean. */
export function outputLines(outputs: Outputs): string[] {
  return Object.entries(outputs).flatMap(([name, values]) => {
    const more = values.length > SHOWN ? ` ... ${values.length - SHOWN} more` : ""
    const shown = values.slice(0, SHOWN).map((value) => Number(value.toPrecision(4)))
    const largest = values.reduce((best, value, i) => (value > values[best] ? i : best), 0)
    return [
      `${name}: ${shown.join(" ")}${more}`,
      `largest: element ${largest}, ${values[largest].toPrecision(6)}`,
    ]
  })
}
