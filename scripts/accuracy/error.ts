import { fromBits } from "../../src/engine/reference/scalar.ts"

/** The distance of a float from an exact value in units of the last place that the exact value has as a float. */
export function ulps(actual: number, exact: number): number {
  if (Object.is(actual, exact) || actual === exact || (actual !== actual && exact !== exact)) return 0
  const rounded = Math.fround(exact)
  if (!Number.isFinite(rounded)) return actual === rounded ? 0 : Infinity
  const binade = Math.max(Math.floor(Math.log2(Math.abs(exact))), -126)
  return Math.abs(actual - exact) / 2 ** (binade - 23)
}

/** The largest error found, and where. */
export interface Worst {
  readonly error: number
  readonly at: number
}

/** Tries every `step`-th float from `low` to `high`, both of one sign, in the order of their patterns. */
export function worst(
  actual: (x: number) => number,
  exact: (x: number) => number,
  patterns: readonly [number, number],
  step: number,
): Worst {
  let [error, at] = [0, NaN]
  for (let pattern = patterns[0]; pattern <= patterns[1]; pattern += step) {
    const x = fromBits(pattern)
    const found = ulps(actual(x), exact(x))
    if (found > error) [error, at] = [found, x]
  }
  return { error, at }
}
