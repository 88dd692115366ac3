import { formatUnits } from "ethers"
import type { Event, Proof } from "./chronicle.ts"
import type { Deadline } from "./clock.ts"
import type { Account, Caught, Report } from "./report.ts"
import type { Sold } from "./tour.ts"

/** Amounts of the tour's token and of its coin, for people. */
const money = (units: bigint): string => `${rounded(formatUnits(units, 18), 2)} DEMO`
const coins = (wei: bigint): string => `${rounded(formatUnits(wei, 18), 6)} ETH`

const rounded = (decimal: string, digits: number): string => {
  const [whole, rest = ""] = decimal.split(".")
  return `${whole}.${rest.padEnd(digits, "0").slice(0, digits)}`
}

/** Seconds of the chain for people. */
export function duration(seconds: number): string {
  const [days, rest] = [Math.floor(seconds / 86_400), seconds % 86_400]
  const [hours, minutes] = [Math.floor(rest / 3600), Math.floor((rest % 3600) / 60)]
  if (days > 0) return `${days} d ${hours} h`
  if (hours > 0) return `${hours} h ${minutes} min`
  return minutes > 0 ? `${minutes} min ${rest % 60} s` : `${rest} s`
}

/** What a conviction rests on, in words. */
export function proofText(proof: Proof): string {
  switch (proof.kind) {
    case "element":
      return `element ${proof.element} of step ${proof.step}, computed by the contract`
    case "silence":
      return "nobody answered what was asked"
    case "signatures":
      return "two signatures for one request"
    case "never anchored":
      return "nobody showed where it is anchored"
  }
}

const answerOf = ({ member, number }: Sold): string => `answer ${number} of "${member.name}"`

/** An event as a line; undefined where there is nothing to tell. */
export function eventLine(event: Event, sold: Sold | undefined): string | undefined {
  const text = sold && textOf(event, answerOf(sold))
  return text && `${at(event)}  ${text}`
}

const at = ({ seconds, block }: Event): string =>
  `${seconds.toFixed(1).padStart(6)} s  block ${String(block).padEnd(5)}`

function textOf({ name, args }: Event, answer: string): string | undefined {
  const amount = (field: string): bigint => args[field] as bigint
  switch (name) {
    case "Demanded":
      return `the challenger asks for a part of ${answer} and leaves ${coins(amount("bond"))}`
    case "NodeAnswered":
    case "ChunkAnswered":
    case "LeafAnswered":
      return `its provider shows that part of ${answer}`
    case "Claimed":
      return `the challenger claims that ${answer} is anchored nowhere, and leaves ${coins(amount("bond"))}`
    case "Answered":
      return `its provider shows where ${answer} is anchored`
    case "Convicted":
      return `CAUGHT: ${answer} is convicted, ${money(amount("bond") + amount("punitive"))} are taken`
    case "Settled":
      return `the bond of ${coins(amount("bond"))} for ${answer} is paid back`
    case "PayoutClaimed":
      return `${money(amount("amount"))} are paid for ${answer}`
    default:
      return undefined
  }
}

/** A jump of the chain's time as a line. */
export const jumpLine = ({ what }: Deadline): string => `            ...  the chain's time goes on: ${what}`

const CAUGHT = ["who", "caught after", "blocks", "chain time", "asked on-chain", "by what"]

const caughtRow = (one: Caught): readonly string[] => [
  one.lie,
  `${one.convictedAfter.seconds.toFixed(1)} s`,
  String(one.convictedAfter.block),
  duration(one.convictedAfter.time),
  one.asked === 0 ? "nothing" : `${one.asked}, ${one.answered} answered`,
  proofText(one.proof),
]

const COSTS = ["who", "transactions", "gas", "fees", "bonds", "it lost", "consumer", "challenger", "burned"]

const costRow = (one: Caught): readonly string[] => [
  one.lie,
  String(one.transactions),
  String(one.gas),
  coins(one.fees),
  one.bond === 0n ? "none" : `${coins(one.bond)}${one.returned >= one.bond ? ", back" : ", NOT back"}`,
  money(one.lost),
  money(one.restitution),
  money(one.reward),
  money(one.burned),
]

const ACCOUNTS = ["account", "before", "after", "change"]

const accountRow = ({ who, before, after }: Account): readonly string[] => [
  who,
  money(before),
  money(after),
  after < before ? `-${money(before - after)}` : `+${money(after - before)}`,
]

/** The tables at the end: who was caught, what it cost, and what everybody has. Each begins with its head. */
export function tablesOf(report: Report): readonly (readonly (readonly string[])[])[] {
  return [
    [CAUGHT, ...report.caught.map(caughtRow)],
    [COSTS, ...report.caught.map(costRow)],
    [ACCOUNTS, ...report.accounts.map(accountRow)],
  ]
}

/** A report as data: amounts are decimals of whole tokens and coins. */
export function dataOf(report: Report): object {
  const plain = (units: bigint): string => formatUnits(units, 18).replace(/\.0$/, "")
  const plainOf = (fields: object): object =>
    Object.fromEntries(
      Object.entries(fields).map(([name, value]: [string, unknown]) => [
        name,
        typeof value !== "bigint" ? value : name === "gas" ? Number(value) : plain(value),
      ]),
    )
  const { caught, accounts } = report
  return { ...plainOf(report), caught: caught.map(plainOf), accounts: accounts.map(plainOf) }
}

/** The last lines: whether it holds, and why not. */
export function verdictLines(report: Report): readonly string[] {
  const { elapsed, answers, caught, escaped, wronged, challengerSpent } = report
  const lies = new Set(caught.map(({ lie }) => lie)).size
  return [
    `${answers} answers, ${lies} liars caught; honest answers that something was claimed of: ${wronged.length}`,
    `The challenger spent ${coins(challengerSpent)}`,
    ...escaped.map((name) => `NOT caught: "${name}"`),
    `${elapsed.seconds.toFixed(1)} s, ${elapsed.block} blocks, ${duration(elapsed.time)} of the chain`,
  ]
}
