import { isOnusError } from "../../src/protocol/errors.ts"
import { answer, signRun } from "../../src/sdk/answer.ts"
import { type Conviction, convictEquivocation } from "../../src/sdk/convict.ts"
import { MemoryJournal } from "../../src/sdk/journal.ts"
import { interpreter } from "../../src/engine/reference/interpreter.ts"
import { type Service, termsOf } from "./3-serve.ts"
import { tellMoney } from "./5-convict-lie.ts"
import { attempt, insist } from "./insist.ts"
import { answerOf, tellLie } from "./lie.ts"
import type { Question } from "./questions.ts"
import { type Reporter, short } from "./reporter.ts"
import { COVERAGE, type Stage } from "./stage.ts"

/** Which question the third provider answers twice. */
const QUESTION = 2

/** The third provider signs a second answer to one request; the two signatures convict it. */
export async function convictEquivocator(
  stage: Stage,
  service: Service,
  questions: readonly Question[],
  reporter: Reporter,
): Promise<Conviction[]> {
  reporter.act("Two signatures convict a provider that answers one request twice")
  const { actor, bundles } = service
  const question = questions[QUESTION]
  const terms = await termsOf(stage, actor, question)
  const inputs = { image: question.pixels }
  const other = tellLie(stage.program, inputs).run

  // A provider that keeps its journal cannot even sign it.
  const careful = { registry: actor.client.registry, key: actor.key, journal: new MemoryJournal() }
  await answer(careful, interpreter, stage.program, inputs, terms)
  const refused = await attempt(signRun(careful, other, terms))
  insist(isOnusError(refused, "RequestIdReused"), "a provider with a journal refuses to sign twice")

  const second = await signRun({ ...careful, journal: new MemoryJournal() }, other, terms)
  const [told, changed] = [answerOf(service.answers[QUESTION].run), answerOf(other)]
  reporter.tell(
    `${actor.name} signs ${told} and, without its journal, also ${changed} for ${short(question.requestId)}`,
    {
      requestId: question.requestId,
      answers: [told, changed],
    },
  )
  const { signed, inclusion } = bundles[QUESTION]
  const byAnyone = await convictEquivocation(stage.bystander.client, signed, second.signed)
  reporter.spent("equivocation conviction", byAnyone.gas)
  reporter.tell(
    `${stage.bystander.name}, a bystander, convicts ${actor.name} with the two signatures, ${byAnyone.gas} gas`,
    {
      transaction: byAnyone.hash,
      gas: byAnyone.gas,
    },
  )
  tellMoney(actor.name, byAnyone, reporter)
  insist(byAnyone.restitution === 0n, "nothing reserved is touched by signatures alone")

  const forConsumer = await convictEquivocation(stage.consumer.client, signed, second.signed, inclusion)
  reporter.tell(
    `${stage.consumer.name}, the consumer, shows where the answer is anchored, so its bond pays too`,
    {
      transaction: forConsumer.hash,
      gas: forConsumer.gas,
    },
  )
  tellMoney(actor.name, forConsumer, reporter)
  insist(forConsumer.restitution === COVERAGE, "the consumer is owed exactly the coverage")
  const { tombstoned } = await actor.client.onus.account(actor.address)
  insist(tombstoned, `${actor.name} is excluded for ever`)
  return [byAnyone, forConsumer]
}
