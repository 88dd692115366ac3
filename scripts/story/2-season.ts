import { id } from "ethers"
import { interpreter } from "../../src/engine/reference/interpreter.ts"
import { anchor, prepareBatch } from "../../src/sdk/anchor.ts"
import { type AnswerSigner, answer } from "../../src/sdk/answer.ts"
import { send } from "../../src/sdk/client.ts"
import { MemoryJournal } from "../../src/sdk/journal.ts"
import { readStanding } from "../../src/sdk/reputation.ts"
import { insist } from "./insist.ts"
import type { Question } from "./questions.ts"
import { type Reporter, money } from "./reporter.ts"
import type { Actor, Stage } from "./stage.ts"

const FORTNIGHT = 14n * 24n * 3600n
const COVERAGE = 50n * 10n ** 18n

/** Two weeks of honest answers with open collateral: what a reputation is made of. */
export async function season(
  stage: Stage,
  questions: readonly Question[],
  reporter: Reporter,
): Promise<void> {
  reporter.act("Two weeks of honest answers season their reputation")
  const batches = []
  for (const actor of stage.providers) {
    const signer = { registry: actor.client.registry, key: actor.key, journal: new MemoryJournal() }
    const prepared = prepareBatch(actor.client, await honestReceipts(stage, actor, signer, questions))
    await anchor(actor.client, prepared)
    batches.push(prepared.batch)
  }
  await stage.wait(FORTNIGHT)
  for (const [at, { name, address, client }] of stage.providers.entries()) {
    await send(client.onus.releaseBatches([batches[at]]))
    const { score, uncertainty } = await readStanding(client, address)
    insist(score > 0.5, `${name} has earned a reputation`)
    const { coverage } = batches[at]
    const sentence = `${name} had ${money(2n * coverage)} at risk for 14 days: score ${score.toFixed(4)} +- ${uncertainty.toFixed(4)}`
    reporter.tell(sentence, { provider: address, coverage, score, uncertainty })
  }
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
