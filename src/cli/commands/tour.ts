import { Option } from "commander"
import { OnusError } from "../../protocol/errors.ts"
import type { Listener, TourOptions } from "../../tour/tour.ts"
import type { Report } from "../../tour/report.ts"
import { command } from "../command.ts"
import { emphasise, printReport, table } from "../output.ts"

interface Options {
  readonly json?: boolean
  readonly seed: string
}

/** Loaded only when a tour begins: other commands need not wait for its libraries. */
const TOUR: string = new URL("../../tour/tour.ts", import.meta.url).href
const SHOW: string = new URL("../../tour/show.ts", import.meta.url).href

/** `onus tour`: providers that cheat in every way, and a challenger that finds out. */
export function tourCommand() {
  return command(
    "tour [options]",
    "watch a challenger catch providers that cheat, on a chain in this process",
    "tour",
  )
    .addOption(new Option("--seed <n>", "which lies are told about what").default("1"))
    .action(tour)
}

async function tour({ json = false, seed }: Options): Promise<void> {
  const { runTour } = (await import(TOUR)) as { runTour: (options: TourOptions) => Promise<Report> }
  const show = (await import(SHOW)) as typeof import("../../tour/show.ts")
  const say = (line: string) => (json ? undefined : console.log(line))
  const report = await runTour({ seed: seedFrom(seed), listener: listenerOf(show, say) })
  printReport({ data: show.dataOf(report), lines: linesOf(show, report) }, json)
  if (!report.holds) process.exitCode = 1
}

function seedFrom(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new OnusError("UsageInvalid", `${JSON.stringify(text)} is no seed`, { hint: "Give a whole number" })
}

type Show = typeof import("../../tour/show.ts")

function listenerOf({ eventLine, jumpLine }: Show, say: (line: string) => void): Listener {
  return {
    opened(chain, members, challenger) {
      say(emphasise("bold", `A chain at ${chain.url}, the registry at ${chain.registry}`))
      for (const { name, address, lie } of members)
        say(`  ${address} ${lie ? `cheats: ${name}` : "is honest"}`)
      say(`  ${challenger} is the challenger, which knows nothing but the registry`)
    },
    sold(answers) {
      say(emphasise("bold", `\n${answers.length} answers are signed; about some of them the provider lies\n`))
    },
    happened(event, sold) {
      const line = eventLine(event, sold)
      if (line) say(event.name === "Convicted" ? emphasise("green", line) : line)
    },
    jumped: (to) => say(emphasise("dim", jumpLine(to))),
  }
}

const linesOf = ({ tablesOf, verdictLines }: Show, report: Report): string[] => [
  ...tablesOf(report).flatMap((rows) => ["", ...table(rows)]),
  "",
  ...verdictLines(report),
]
