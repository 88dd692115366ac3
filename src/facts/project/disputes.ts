import type { DisputeRow, RevealRow } from "../entities.ts"
import type { Context } from "./context.ts"
import { dealt } from "./counterparties.ts"
import { ranAgain, receiptOf } from "./receipt.ts"

type Kind = DisputeRow["kind"]

/** The dispute about a receipt, which is opened, or opened again, if it is not open. */
export async function openDispute(
  context: Context,
  receipt: string,
  kind: Kind,
  challenger: string,
): Promise<DisputeRow> {
  const { provider, model } = await receiptOf(context, receipt)
  const known = await context.get("dispute", receipt)
  const row: DisputeRow = known ?? {
    id: receipt,
    provider,
    model,
    kind,
    state: "open",
    challenger,
    asked: 0,
    answered: 0,
    due: 0,
    dueBlock: 0,
    oldest: null,
    newest: null,
    until: 0,
    untilBlock: 0,
    bonds: 0n,
    since: context.moment,
    last: context.moment,
  }
  if (!known) await context.add("dispute", row)
  await meet(context, provider, challenger)
  if (known && known.state !== "dismissed") return row
  if (known) await context.change("dispute", receipt, { state: "open" })
  if (provider !== null) await context.increase("provider", provider, { disputesOpen: 1 })
  return { ...row, state: "open" }
}

/** Counts a challenger of a provider. */
async function meet(context: Context, provider: string | null, challenger: string): Promise<void> {
  if (provider === null || challenger === provider) return
  const isFirst = await dealt(context, provider, "challenger", challenger)
  if (isFirst && !(await context.get("counterparty", `${provider}/auditor/${challenger}`)))
    await context.increase("provider", provider, { reExecutors: 1 })
}

/** Ends an open dispute without a conviction. */
export async function dismiss(context: Context, receipt: string): Promise<void> {
  const dispute = await context.get("dispute", receipt)
  if (dispute?.state !== "open") return
  const { provider, kind, challenger } = dispute
  await context.change("dispute", receipt, { state: "dismissed", last: context.moment })
  if (provider !== null) await context.increase("provider", provider, { disputesOpen: -1, disputesWon: 1 })
  // A provider's questions to itself show nothing to others.
  if (kind === "execution" && challenger !== provider)
    await ranAgain(context, await receiptOf(context, receipt))
}

/** Puts a question at the end of a dispute's list. */
export async function ask(context: Context, dispute: DisputeRow, reveal: RevealRow): Promise<void> {
  const { id, asked, answered, newest, oldest, bonds } = dispute
  await context.add("reveal", reveal)
  if (newest !== null) await context.change("reveal", newest, { next: reveal.id })
  const isAnswered = reveal.answeredAt !== null
  await context.change("dispute", id, {
    asked: asked + 1,
    newest: reveal.id,
    last: context.moment,
    bonds: bonds + (reveal.bond ?? 0n),
    answered: answered + (isAnswered ? 1 : 0),
    ...(oldest === null && !isAnswered
      ? { oldest: reveal.id, due: reveal.due, dueBlock: reveal.dueBlock }
      : {}),
  })
}

/** Takes an answer; tells whose it was to give. */
export async function answer(
  context: Context,
  reveal: string,
  responder: string,
): Promise<string | undefined> {
  const { dispute: id } = await context.must("reveal", reveal)
  await context.change("reveal", reveal, { responder, answeredAt: context.moment })
  const { answered, oldest, provider } = await context.must("dispute", id)
  await context.change("dispute", id, { answered: answered + 1, last: context.moment })
  if (oldest === reveal) await goOn(context, id, reveal)
  if (provider === null) return undefined
  await context.increase("provider", provider, { answersGiven: 1 })
  return provider
}

/** Finds the oldest question that has no answer yet. */
async function goOn(context: Context, dispute: string, answered: string): Promise<void> {
  let row: RevealRow | undefined = await context.must("reveal", answered)
  while (row && row.answeredAt !== null)
    row = row.next === null ? undefined : await context.must("reveal", row.next)
  await context.change("dispute", dispute, {
    oldest: row?.id ?? null,
    due: row?.due ?? 0,
    dueBlock: row?.dueBlock ?? 0,
  })
}

/** Gives the bond of a question to somebody. */
export async function settle(context: Context, reveal: string, bond: bigint): Promise<string | undefined> {
  const { dispute: id, bond: known, answeredAt } = await context.must("reveal", reveal)
  const { bonds, provider, state } = await context.must("dispute", id)
  await context.change("reveal", reveal, { paidTo: context.args.hex("to"), bond })
  await context.change("dispute", id, { bonds: bonds - (known ?? 0n), last: context.moment })
  if (provider === null) return undefined
  // Those of a convicted receipt were counted then.
  if (answeredAt === null && state !== "convicted")
    await context.increase("provider", provider, { answersMissed: 1 })
  return provider
}
