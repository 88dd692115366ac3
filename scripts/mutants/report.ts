import { type Result, type Tally, isCounted } from "./campaign.ts"
import { describe } from "./generate.ts"
import type { Known } from "./known.ts"

export const percent = (score: number): string => `${(100 * score).toFixed(1)} %`

export function progressLine(
  result: Result,
  all: readonly Result[],
  count: number,
  { score }: Tally,
  seconds: number,
): string {
  const { mutant, verdict } = result
  const done = all.filter(isCounted).length
  const left = done === 0 ? "" : `, ${clock((seconds / done) * (count - done))} left`
  const what = result.known && verdict.kind === "survived" ? "known" : verdict.kind
  const by = verdict.kind === "killed" ? ` by ${verdict.by}` : ""
  const where = `${mutant.file}:${mutant.line} ${mutant.operator}`
  return `[${done}/${count}, ${percent(score)}${left}] ${what} ${where}${by} in ${result.seconds.toFixed(1)} s`
}

function clock(seconds: number): string {
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`
}

/** Everything at the end that is worth reading. */
export function summary(
  results: readonly Result[],
  { killed, survived, score }: Tally,
  stale: readonly Known[],
  seconds: number,
): string {
  const of = (kind: string) => results.filter(({ verdict }) => verdict.kind === kind)
  const survivors = of("survived")
  const known = survivors.filter((result) => result.known)
  const dying = of("killed").flatMap(({ known }) => known ?? [])
  const entry = ({ file, original, mutated }: Known) => `${file}\n    - ${original}\n    + ${mutated}`
  return [
    ...section(
      "Survivors",
      survivors.filter((result) => !result.known).map(({ mutant }) => describe(mutant)),
    ),
    ...section(
      "Known survivors",
      known.map(({ mutant, known }) => `${describe(mutant)}\n    ${known!.reason}`),
    ),
    ...section("Listed as survivors, but they die", dying.map(entry)),
    ...section("Listed as survivors, but no mutant matches", stale.map(entry)),
    `${killed} of ${killed + survived} mutants die: ${percent(score)}, in ${clock(seconds)}. Not counted: ` +
      `${known.length} known, ${of("equivalent").length} with the same code, ${of("invalid").length} that do not compile`,
  ].join("\n")
}

function section(title: string, entries: readonly string[]): string[] {
  return entries.length === 0 ? [] : [`${title}:`, ...entries.map((entry) => `  ${entry}`), ""]
}
