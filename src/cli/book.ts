import type { Book, Case, CaseState, Known, ReceiptState } from "../challenger/book.ts"
import type * as report from "../challenger/node/report.ts"
import type { ChallengerConfig } from "../service/config/challenger-config.ts"
import { type LoadOptions, loadChallengerConfig } from "../service/config/load.ts"
import { showTime } from "./time.ts"

export const CASE_STATES = ["open", "won", "paid", "lost", "dropped"] as const satisfies readonly CaseState[]
export const RECEIPT_STATES = [
  "unchecked",
  "match",
  "mismatch",
  "unfetchable",
  "differs",
  "expired",
  "passed",
] as const satisfies readonly ReceiptState[]

/** Loaded only when it is needed: it opens databases. */
const REPORT: string = new URL("../challenger/node/report.ts", import.meta.url).href

/** Runs a command that reads the book of a challenger. */
export async function withBook<T>(
  options: LoadOptions,
  read: (book: Book, about: (typeof report)["aboutReceipt"], config: ChallengerConfig) => Promise<T>,
): Promise<T> {
  const { config } = await loadChallengerConfig(options)
  const { readingBook, aboutReceipt } = (await import(REPORT)) as typeof report
  return readingBook(config, (book) => read(book, aboutReceipt, config))
}

/** A receipt as data. */
export const receiptData = ({ id, request, signed, inclusion, isAttested, ...rest }: Known) => ({
  receiptId: id,
  request,
  provider: signed.receipt.provider,
  model: signed.receipt.modelId,
  anchored: inclusion !== undefined || isAttested,
  state: rest.state,
  reason: rest.reason,
  attempts: rest.attempts,
  deadline: endOf(rest.deadline),
})

/** A case as data. */
export const caseData = ({ id, accusation, receiptId, otherId, state, reason, deadline }: Case) => ({
  case: id,
  accusation,
  receiptId,
  ...(otherId === undefined ? {} : { otherId }),
  state,
  reason,
  deadline: endOf(deadline),
})

/** A time on the registry's clock for people: null if there is none. */
const endOf = (seconds: number): string | null =>
  seconds === Number.MAX_SAFE_INTEGER ? null : showTime(BigInt(seconds))
