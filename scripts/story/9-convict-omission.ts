import { id } from "ethers"
import { interpreter } from "../../src/engine/reference/interpreter.ts"
import { answer } from "../../src/sdk/answer.ts"
import { MemoryJournal } from "../../src/sdk/journal.ts"
import { locate } from "../../src/sdk/locate.ts"
import { claimOmission } from "../../src/sdk/omission/claim.ts"
import { convictOmission } from "../../src/sdk/omission/convict.ts"
import { settleOmission } from "../../src/sdk/omission/settle.ts"
import { termsOf } from "./3-serve.ts"
import { tellMoney } from "./5-convict-lie.ts"
import { attempt, insist } from "./insist.ts"
import type { Question } from "./questions.ts"
import { type Reporter, short } from "./reporter.ts"
import type { Stage } from "./stage.ts"

/** The second provider signs once more and never anchors it: it is claimed, silent, and convicted. */
export async function convictOmitter(
  stage: Stage,
  [question]: readonly Question[],
  reporter: Reporter,
): Promise<void> {
  reporter.act("A signature that is never anchored is claimed, and silence convicts")
  const [, actor] = stage.providers
  const { consumer, program } = stage
  const asked = { ...question, requestId: id(`after ${question.requestId}`) }
  const signer = { registry: actor.client.registry, key: actor.key, journal: new MemoryJournal() }
  const inputs = { image: question.pixels }
  const { signed } = await answer(signer, interpreter, program, inputs, await termsOf(stage, actor, asked))
  const early = await attempt(claimOmission(consumer.client, signed))
  insist(early instanceof Error, "nothing can be claimed while the receipt may still be anchored")
  await stage.wait(signed.receipt.anchorBy - signed.receipt.issuedAt)
  insist((await locate(consumer.client, signed)).assurance === "signed", "nothing stands behind the answer")

  const claimed = await claimOmission(consumer.client, signed)
  reporter.spent("claim an omission", claimed.gas)
  reporter.tell(
    `${actor.name} signs an answer to ${short(asked.requestId)} and anchors nothing; ${consumer.name} claims it`,
    { provider: actor.address, requestId: asked.requestId, bond: claimed.bond, due: claimed.due },
  )
  const [period] = await (await consumer.client.omission()).responseTime()
  await stage.wait(period)
  const conviction = await convictOmission(consumer.client, signed)
  insist(!("rewardMoved" in conviction), "nobody was faster")
  reporter.spent("omission conviction", conviction.gas)
  const hours = period / 3600n
  reporter.tell(
    `${actor.name} is silent for ${hours} hours; ${consumer.name} convicts, ${conviction.gas} gas`,
    {
      transaction: conviction.hash,
      gas: conviction.gas,
    },
  )
  tellMoney(actor.name, conviction, reporter)
  insist(conviction.restitution === 0n, "nothing was reserved, so nothing is restituted")
  const { to, bond } = await settleOmission(consumer.client, signed)
  insist(to === consumer.address && bond === claimed.bond, "the claimant gets its bond back")
  const { faults } = await consumer.client.onus.faultRecord(actor.address)
  reporter.tell(`it is ${actor.name}'s fault number ${faults} within 90 days, so it costs twice as much`, {
    faults,
  })
}
