import { ZeroAddress } from "ethers"
import type { Outcome } from "../../chain/transactions/transactions.ts"
import { call } from "../../sdk/errors.ts"
import type { Client } from "../../sdk/client.ts"
import type { Court } from "../../sdk/game/court.ts"
import type { Challenge } from "./challenge.ts"

/** `gone`: in no block any more. `lost`: too late. */
export type Fate = "open" | "answered" | "lost" | "gone"

/** What the chain says of a challenge whose answer was not taken. */
export async function fateOf(
  { judge, client }: { readonly judge: Court["judge"]; readonly client: Client },
  { kind, receiptId, questionId = "" }: Challenge,
  outcome: Exclude<Outcome, { state: "confirmed" }>,
): Promise<Fate> {
  const { challenger, isAnswered } =
    kind === "demand" ? await demandOf(judge, receiptId, questionId) : await claimOf(client, receiptId)
  if (challenger === ZeroAddress) return "gone"
  if (isAnswered) return "answered"
  const code = outcome.state === "refused" ? outcome.code : outcome.reason
  return /AnswerTooLate|AnchoredLate/.test(code) ? "lost" : "open"
}

/** Whether the chain has an answer to a challenge, whoever gave it. */
export async function isAnswered(
  { judge, client }: { readonly judge: Court["judge"]; readonly client: Client },
  { kind, receiptId, questionId = "" }: Challenge,
): Promise<boolean> {
  const asked = kind === "demand" ? demandOf(judge, receiptId, questionId) : claimOf(client, receiptId)
  return (await asked).isAnswered
}

async function demandOf(judge: Court["judge"], receiptId: string, questionId: string) {
  const { challenger, responder } = await call(judge.demandOf(receiptId, questionId))
  return { challenger, isAnswered: responder !== ZeroAddress }
}

async function claimOf(client: Client, receiptId: string) {
  const { claimant: challenger, answered } = await call((await client.omission()).claimOf(receiptId))
  return { challenger, isAnswered: answered }
}
