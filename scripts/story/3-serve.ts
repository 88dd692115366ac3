import { type Execution } from "../../src/engine/executor.ts"
import { interpreter } from "../../src/engine/reference/interpreter.ts"
import { receiptId } from "../../src/protocol/receipt.ts"
import { type PreparedBatch, anchor, prepareBatch } from "../../src/sdk/anchor.ts"
import { type Answer, type AnswerTerms, answer, signRun } from "../../src/sdk/answer.ts"
import { type Bundle, bundleOf, decodeBundle, encodeBundle } from "../../src/sdk/bundle.ts"
import { MemoryJournal } from "../../src/sdk/journal.ts"
import { requireModel } from "../../src/sdk/register-model.ts"
import { requireFresh, requireTerms, verifySignature } from "../../src/sdk/verify.ts"
import { insist } from "./insist.ts"
import { type Lie, answerOf, tellLie } from "./lie.ts"
import { type Question, SIDE } from "./questions.ts"
import { type Reporter, money, short, sketch } from "./reporter.ts"
import { type Actor, COVERAGE, type Stage, WINDOW } from "./stage.ts"

/** What one provider did: its answers, and the batch that locks collateral behind them. */
export interface Service {
  readonly actor: Actor
  readonly answers: readonly Answer[]
  readonly prepared: PreparedBatch
  /** The answers as the consumer got them: files that anybody can check. */
  readonly bundles: readonly Bundle[]
}

/** Which answer the second provider falsifies. */
const LYING_ANSWER = 1

/** Every provider answers every question; the second one lies once; all answers are anchored. */
export async function serve(
  stage: Stage,
  questions: readonly Question[],
  reporter: Reporter,
): Promise<Service[]> {
  reporter.act("A consumer asks; every provider runs the network, signs its answers and locks collateral")
  for (const [at, question] of questions.entries()) {
    reporter.tell(`request ${at + 1}, ${short(question.requestId)}: ${question.from}`, {
      requestId: question.requestId,
    })
    if (at === questions.length - 1)
      for (const line of sketch(question.pixels, SIDE)) reporter.line(`      ${line}`)
  }
  const services: Service[] = []
  for (const [number, actor] of stage.providers.entries()) {
    const lie = number === 1 ? tellLie(stage.program, { image: questions[LYING_ANSWER].pixels }) : undefined
    services.push(await serveOne(stage, actor, questions, lie, reporter))
  }
  return services
}

async function serveOne(
  stage: Stage,
  actor: Actor,
  questions: readonly Question[],
  lie: Lie | undefined,
  reporter: Reporter,
): Promise<Service> {
  const { program } = stage
  const signer = { registry: actor.client.registry, key: actor.key, journal: new MemoryJournal() }
  const answers: Answer[] = []
  for (const [at, question] of questions.entries()) {
    const terms = await termsOf(stage, actor, question)
    const falsified: Execution | undefined = at === LYING_ANSWER ? lie?.run : undefined
    answers.push(
      falsified
        ? await signRun(signer, falsified, terms)
        : await answer(signer, interpreter, program, { image: question.pixels }, terms),
    )
  }
  for (const [at, { signed }] of answers.entries()) {
    // What a consumer does before it accepts an answer.
    const { requestId } = questions[at]
    requireTerms(signed.receipt, { provider: actor.address, consumer: stage.consumer.address, requestId })
    requireTerms(signed.receipt, { coverage: COVERAGE, challengeWindow: WINDOW })
    requireFresh(signed.receipt, await stage.now())
    await verifySignature(stage.consumer.client, signed)
    await requireModel(stage.consumer.client, signed.receipt.modelId)
  }
  const prepared = prepareBatch(
    actor.client,
    answers.map(({ signed }) => signed.receipt),
  )
  const sent = await anchor(actor.client, prepared)
  reporter.spent(`anchor ${answers.length} receipts`, sent.gas)
  const { locked } = await actor.client.onus.account(actor.address)
  const bond = 2n * COVERAGE * BigInt(answers.length)
  insist(locked === bond, `${money(bond)} of ${actor.name}'s stake are locked`)
  const digits = answers.map(({ run }) => answerOf(run))
  reporter.tell(
    `${actor.name} answers ${digits.join(" ")}, anchors ${short(prepared.batchId)}, locks ${money(locked)}`,
    {
      provider: actor.address,
      answers: digits,
      receipts: answers.map(({ signed }) => receiptId(signed.registry, signed.receipt)),
      batchId: prepared.batchId,
      locked,
      gas: sent.gas,
      transaction: sent.hash,
    },
  )
  const bundles = answers.map(({ signed, run }, at) => {
    // Through the text of a file, as a consumer would hand it on.
    return decodeBundle(encodeBundle(bundleOf(signed, run, prepared.inclusions[at])))
  })
  return { actor, answers, prepared, bundles }
}

/** What the consumer asks of a provider for one question. */
export async function termsOf(
  stage: Stage,
  { address }: Actor,
  { requestId }: Question,
): Promise<AnswerTerms> {
  return {
    provider: address,
    consumer: stage.consumer.address,
    requestId,
    coverage: COVERAGE,
    issuedAt: await stage.now(),
    anchorWithin: 3600n,
    challengeWindow: WINDOW,
  }
}
