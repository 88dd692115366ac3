import { Wallet, id } from "ethers"
import { chunkQuestion } from "../../src/engine/audit/game/question.ts"
import { commit } from "../../src/engine/trace/commitment.ts"
import { DIRECT, type Inclusion } from "../../src/protocol/batch.ts"
import type { Receipt, SignedReceipt } from "../../src/protocol/receipt.ts"
import { traceCommitment } from "../../src/protocol/trace.ts"
import { Role } from "../../src/protocol/role.ts"
import { anchor, prepareBatch } from "../../src/sdk/anchor.ts"
import { attest } from "../../src/sdk/attest.ts"
import { burnFee } from "../../src/sdk/burn-fee.ts"
import type { Client } from "../../src/sdk/client.ts"
import { convictEquivocation } from "../../src/sdk/convict.ts"
import { demand } from "../../src/sdk/game/demand.ts"
import { openCourt } from "../../src/sdk/game/court.ts"
import { addKey } from "../../src/sdk/keys.ts"
import { registerProvider } from "../../src/sdk/register-provider.ts"
import { release } from "../../src/sdk/release.ts"
import { deposit } from "../../src/sdk/stake.ts"
import { RUN, Stage, TOKEN } from "../challenger/stage.ts"
import { PROGRAM } from "../sdk/samples.ts"

/** An answer as an application keeps it. */
export interface Kept {
  readonly signed: SignedReceipt
  readonly inclusion?: Inclusion
}

/** A chain on which everything happened that frontends show: answers that are final, open, disputed and convicted. */
export interface History {
  readonly stage: Stage
  readonly url: string
  readonly registry: string
  readonly policies: string
  readonly honest: string
  readonly liar: string
  readonly final: Kept
  readonly anchored: Kept
  readonly disputed: Kept
  readonly convicted: Kept
  close(): Promise<void>
}

/** Has it all happen: an honest provider whose answers are final, anchored and disputed, and one that equivocates. */
export async function makeHistory(): Promise<History> {
  const stage = await Stage.open()
  const [honest, liar, challenger] = await Promise.all(
    [stage.provider, stage.stranger, stage.challenger].map((wallet) => stage.client(wallet)),
  )
  await burnFee(
    challenger,
    stage.challenger.address,
    { provider: stage.provider.address, modelId: PROGRAM.modelId },
    TOKEN,
  )
  const final = await anchored(stage, honest, 3)
  await stage.local.wait(2 * 3600)
  await stage.local.wait(2 * 3600)
  await release(honest, [{ receipt: final.signed.receipt, inclusion: final.inclusion }])
  const open = await anchored(stage, honest, 2)
  const disputed = { signed: await stage.sign(await eager(stage)) }
  await attest(honest, disputed.signed)
  const court = await openCourt(challenger)
  await demand(court, { receipt: disputed.signed.receipt, header: PROGRAM.header }, PROGRAM, {
    kind: "demandChunk",
    question: chunkQuestion(PROGRAM.steps[0].output, 0),
    step: 0,
    chunk: 0,
  })
  const convicted = { signed: await equivocate(stage, liar, challenger) }
  const { Policies } = (
    JSON.parse(stage.local.addressesJson) as { contracts: Record<string, { address: string }> }
  ).contracts
  return {
    stage,
    url: stage.local.url,
    registry: stage.local.registry,
    policies: Policies.address,
    honest: stage.provider.address,
    liar: stage.stranger.address,
    final,
    anchored: open,
    disputed,
    convicted,
    close: () => stage.close(),
  }
}

/** A receipt that commits to its trace. */
async function eager(stage: Stage): Promise<Receipt> {
  const { registry } = await stage.client(stage.provider)
  const receipt = await stage.receipt()
  return { ...receipt, traceCommitment: traceCommitment(registry, receipt, commit(RUN).traceRoot) }
}

async function anchored(stage: Stage, client: Client, count: number): Promise<Required<Kept>> {
  const receipts: Receipt[] = []
  for (let i = 0; i < count; i++) receipts.push(await eager(stage))
  const prepared = prepareBatch(client, receipts)
  await anchor(client, prepared)
  return { signed: await stage.sign(receipts[0]), inclusion: prepared.inclusions[0] }
}

/** A provider signs two answers to one request, and is convicted with them. */
async function equivocate(stage: Stage, liar: Client, challenger: Client): Promise<SignedReceipt> {
  const { address } = stage.stranger
  const key = new Wallet(id("the key of one who lies"))
  await registerProvider(liar, "https://second.example")
  await deposit(liar, address, 1_000n * TOKEN)
  await addKey(liar, key.address, BigInt((await stage.time()) + 365 * 86_400), Role.Sign)
  await stage.mine()
  const receipt = await stage.receipt({ provider: address })
  const [one, other] = await Promise.all([
    stage.sign(receipt, key),
    stage.sign({ ...receipt, outputCommitment: id("another answer") }, key),
  ])
  await attest(liar, one)
  await convictEquivocation(challenger, one, other, DIRECT)
  return one
}
