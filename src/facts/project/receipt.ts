import type { ReceiptRow } from "../entities.ts"
import type { Arguments } from "./arguments.ts"
import type { Context } from "./context.ts"

type Known = Partial<Omit<ReceiptRow, "id">>

/** A receipt's row with what is known of it now; what was known before stays. */
export async function receiptOf(context: Context, id: string, known: Known = {}): Promise<ReceiptRow> {
  const row = await context.ensure("receipt", { ...unknown(id, context), ...known })
  const news = Object.entries(known).filter(
    ([column, value]) => row[column as keyof Known] === null && value !== null,
  )
  if (news.length === 0) return row
  const columns: Known = Object.fromEntries(news)
  await context.change("receipt", id, columns)
  return { ...row, ...columns }
}

const unknown = (id: string, { moment }: Context): ReceiptRow => ({
  id,
  provider: null,
  model: null,
  requestId: null,
  consumer: null,
  inputCommitment: null,
  outputCommitment: null,
  traceCommitment: null,
  coverage: null,
  issuedAt: null,
  anchorBy: null,
  window: null,
  termsHash: null,
  batch: null,
  postedRoot: null,
  vouches: 0,
  isReExecuted: false,
  isConvicted: false,
  firstSeen: moment,
})

/** What an event tells that has the whole receipt. */
export const contentOf = (receipt: Arguments) => ({
  provider: receipt.hex("provider"),
  model: receipt.hex("modelId"),
  requestId: receipt.hex("requestId"),
  consumer: receipt.hex("consumer"),
  inputCommitment: receipt.hex("inputCommitment"),
  outputCommitment: receipt.hex("outputCommitment"),
  traceCommitment: receipt.hex("traceCommitment"),
  coverage: receipt.amount("coverage"),
  issuedAt: receipt.number("issuedAt"),
  anchorBy: receipt.number("anchorBy"),
  window: receipt.number("challengeWindow"),
  termsHash: receipt.hex("termsHash"),
})

/** Somebody showed to have run a receipt's model again. */
export async function ranAgain(context: Context, { id, provider, model }: ReceiptRow): Promise<void> {
  const { isReExecuted } = await context.must("receipt", id)
  if (isReExecuted) return
  await context.change("receipt", id, { isReExecuted: true })
  if (provider === null) return
  await context.increase("provider", provider, { reExecuted: 1 })
  if (model !== null && (await context.get("service", `${provider}/${model}`)))
    await context.increase("service", `${provider}/${model}`, { reExecuted: 1 })
}
