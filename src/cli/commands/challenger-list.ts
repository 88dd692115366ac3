import { Option } from "commander"
import { OnusError } from "../../protocol/errors.ts"
import type { Book, CaseState, ReceiptState } from "../../challenger/book.ts"
import { CHALLENGER } from "../../service/config/challenger-schema.ts"
import type { LoadOptions } from "../../service/config/load.ts"
import { CASE_STATES, RECEIPT_STATES, caseData, receiptData, withBook } from "../book.ts"
import { command, reports } from "../command.ts"
import { withConfig } from "../configuration.ts"
import { fields, table } from "../output.ts"

interface ListOptions extends LoadOptions {
  readonly state?: CaseState
  readonly receipts?: ReceiptState
  readonly limit: string
}

/** `onus challenger list`: what the book of a challenger says, while it runs or not. */
export function challengerListCommand() {
  return withConfig(
    CHALLENGER,
    command("list [options]", "cases and receipts, out of the book", "challenger list --state open"),
  )
    .addOption(new Option("--state <state>", "only cases in this state").choices(CASE_STATES))
    .addOption(
      new Option("--receipts <state>", "receipts in this state instead of cases").choices(RECEIPT_STATES),
    )
    .addOption(new Option("--limit <n>", "so many at most").default("100"))
    .action(reports(list))
}

function list({ state, receipts: wanted, limit, ...options }: ListOptions) {
  const most = limitFrom(limit)
  return withBook(options, async (book) => {
    const { receipts, cases } = await book.counts()
    const found =
      wanted === undefined ? await casesIn(book, state, most) : await receiptsIn(book, wanted, most)
    return {
      data: { receipts, cases, listed: found.listed },
      lines: [
        ...fields({ receipts: summed(receipts), cases: summed(cases) }),
        "",
        ...table([found.head, ...found.rows]),
      ],
    }
  })
}

const MOST = 10_000

function limitFrom(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= MOST) return Number(text)
  throw new OnusError("UsageInvalid", `${JSON.stringify(text)} is no limit`, {
    hint: `Give a whole number from 1 to ${MOST}`,
  })
}

async function casesIn(book: Pick<Book, "cases">, state: CaseState | undefined, most: number) {
  const states = state === undefined ? CASE_STATES : [state]
  const cases = (await Promise.all(states.map((one) => book.cases(one, most)))).flat().slice(0, most)
  const listed = cases.map(caseData)
  return {
    listed,
    head: ["accusation", "receipt", "state", "until", "reason"],
    rows: listed.map((one) => [one.accusation, one.receiptId, one.state, one.deadline ?? "", one.reason]),
  }
}

async function receiptsIn(book: Pick<Book, "inState">, state: ReceiptState, most: number) {
  const listed = (await book.inState(state, most)).map(receiptData)
  return {
    listed,
    head: ["receipt", "provider", "until", "reason"],
    rows: listed.map((one) => [one.receiptId, one.provider, one.deadline ?? "", one.reason]),
  }
}

const summed = (states: Readonly<Record<string, number>>): string =>
  Object.entries(states)
    .map(([state, count]) => `${state} ${count}`)
    .join(", ")
