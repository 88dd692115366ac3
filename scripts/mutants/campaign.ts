import type { Mutant } from "./generate.ts"
import { type Known, matches } from "./known.ts"
import type { Verdict } from "./trial.ts"

/** What became of one mutant. */
export interface Result {
  readonly mutant: Mutant
  readonly verdict: Verdict
  readonly seconds: number
  /** The entry that says why it may survive. */
  readonly known?: Known
}

export interface Tally {
  readonly killed: number
  readonly survived: number
  /** Of those that count. */
  readonly score: number
}

/** Survivors with a reason, mutants without an effect and those that are no program do not count. */
export function isCounted({ verdict, known }: Result): boolean {
  return verdict.kind === "killed" || (verdict.kind === "survived" && !known)
}

export function tally(results: readonly Result[]): Tally {
  const counted = results.filter(isCounted)
  const killed = counted.filter(({ verdict }) => verdict.kind === "killed").length
  const survived = counted.length - killed
  return { killed, survived, score: counted.length === 0 ? 1 : killed / counted.length }
}

/**
 * Tries mutants in order, one per lane at a time, until `count` of them count. Which ones are tried does not
 * depend on how long each takes: one is begun only if all that are under way would not be enough.
 */
export async function campaign(
  mutants: readonly Mutant[],
  count: number,
  known: readonly Known[],
  lanes: readonly ((mutant: Mutant) => Promise<Verdict>)[],
  report: (result: Result, all: readonly Result[]) => void,
): Promise<Result[]> {
  const results: Result[] = []
  let [next, busy] = [0, 0]
  let changed = Promise.withResolvers<undefined>()
  await Promise.all(
    lanes.map(async (lane) => {
      while (next < mutants.length) {
        if (results.filter(isCounted).length + busy >= count) {
          if (busy === 0) return
          await changed.promise
          continue
        }
        busy++
        const place = next++
        const mutant = mutants[place]
        const started = performance.now()
        const verdict = await lane(mutant)
        const entry = known.find((entry) => matches(entry, mutant))
        const seconds = (performance.now() - started) / 1000
        const result = { mutant, verdict, seconds, ...(entry ? { known: entry } : {}) }
        results[place] = result
        busy--
        report(result, results)
        changed.resolve(undefined)
        changed = Promise.withResolvers()
      }
    }),
  )
  return results
}
