import { id } from "ethers"
import { interpreter } from "../../src/engine/reference/interpreter.ts"
import { anchor, prepareBatch } from "../../src/sdk/anchor.ts"
import { type AnswerSigner, answer } from "../../src/sdk/answer.ts"
import { burnFee, mostFee } from "../../src/sdk/burn-fee.ts"
import { send } from "../../src/sdk/client.ts"
import { MemoryJournal } from "../../src/sdk/journal.ts"
import { readStanding } from "../../src/sdk/reputation.ts"
import { insist } from "./insist.ts"
import type { Question } from "./questions.ts"
import { type Reporter, money } from "./reporter.ts"
import type { Actor, Stage } from "./stage.ts"

const FORTNIGHT = 14n * 24n * 3600n
const COVERAGE = 50n * 10n ** 18n

/** Two weeks of honest answers with open collateral, and fees that are burned: what a reputation is made of. */
export async function season(
  stage: Stage,
  questions: readonly Question[],
  reporter: Reporter,
): Promise<void> {
  reporter.act("Two weeks of honest answers, and fees that are burned, season their reputation")
  const batches = []
  for (const actor of stage.providers) {
    const signer = { registry: actor.client.registry, key: actor.key, journal: new MemoryJournal() }
    const prepared = prepareBatch(actor.client, await honestReceipts(stage, actor, signer, questions))
    await anchor(actor.client, prepared)
    batches.push(prepared.batch)
  }
  await stage.wait(FORTNIGHT)
  for (const [at, actor] of stage.providers.entries()) {
    const { name, address, client } = actor
    const fees = await payFees(stage, actor, reporter)
    await send(client.onus.releaseBatches([batches[at]]))
    const { score, uncertainty } = await readStanding(client, address)
    insist(score > 0.5, `${name} has earned a reputation`)
    const { coverage } = batches[at]
    const sentence =
      `${name} had ${money(2n * coverage)} at risk for 14 days, ` +
      `and ${money(fees)} are burned for it: score ${score.toFixed(4)} +- ${uncertainty.toFixed(4)}`
    reporter.tell(sentence, { provider: address, coverage, fees, score, uncertainty })
  }
  const [{ client, address, name }] = stage.providers
  const subject = { provider: address, modelId: stage.program.modelId }
  const left = await mostFee(client, address, subject)
  insist(left < COVERAGE / 10_000n, "one payer alone cannot make a reputation")
  reporter.tell(`nothing more that ${name} pays counts now: a score needs others who pay, too`, { left })
}

/** The provider and those who ask it burn as much as counts of each of them. @returns the sum. */
async function payFees(
  { deployment, consumer, regulars, program }: Stage,
  provider: Actor,
  reporter: Reporter,
): Promise<bigint> {
  const subject = { provider: provider.address, modelId: program.modelId }
  let sum = 0n
  for (const { client, address } of [provider, consumer, ...regulars]) {
    const most = await mostFee(client, address, subject)
    await send(deployment.token.mint(address, most))
    const { gas, amount } = await burnFee(client, address, subject, most)
    reporter.spent("burn a fee", gas)
    sum += amount
  }
  return sum
}

async function honestReceipts(
  stage: Stage,
  actor: Actor,
  signer: AnswerSigner,
  questions: readonly Question[],
) {
  const receipts = []
  for (const { requestId, pixels } of questions) {
    const { signed } = await answer(
      signer,
      interpreter,
      stage.program,
      { image: pixels },
      {
        provider: actor.address,
        consumer: stage.consumer.address,
        requestId: id(`before ${requestId}`),
        coverage: COVERAGE,
        issuedAt: await stage.now(),
        anchorWithin: 3600n,
        challengeWindow: FORTNIGHT,
      },
    )
    receipts.push(signed.receipt)
  }
  return receipts
}
