import { DigitBook__factory } from "../../types/contracts/index.js"
import { OnusError } from "../../src/protocol/errors.ts"
import { ACCEPT_ANY, CLAUSE_MEANING, unmetClauses } from "../../src/protocol/policy.ts"
import { inputCommitment } from "../../src/engine/trace/commitment.ts"
import { send } from "../../src/sdk/client.ts"
import type { Service } from "./3-serve.ts"
import { attempt, insist } from "./insist.ts"
import type { Question } from "./questions.ts"
import type { Reporter } from "./reporter.ts"
import { COVERAGE, type Stage } from "./stage.ts"

/** A contract that demands a final answer with cover behind it, from a provider in good standing. */
export async function decide(
  stage: Stage,
  services: readonly Service[],
  questions: readonly Question[],
  reporter: Reporter,
): Promise<void> {
  reporter.act("A consumer contract accepts the accountable answer and refuses the others by name")
  const { account, address } = stage.consumer
  const book = await new DigitBook__factory(account).deploy(stage.deployment.addresses.Onus, address, {
    ...ACCEPT_ANY,
    modelId: stage.program.modelId,
    assurance: 1,
    minCoverage: COVERAGE,
    minStake: 500n * 10n ** 18n,
    minScore: 5n * 10n ** 17n,
    maxAge: 30 * 24 * 3600,
    minWindow: 3600,
  })
  await book.waitForDeployment()
  for (const [number, answer] of [0, 1, 2].entries()) {
    const { actor, bundles } = services[number]
    const { signed, inclusion, tensors } = bundles[answer]
    insist(inclusion !== undefined, "every answer is anchored")
    const { requestId, pixels } = questions[answer]
    const input = inputCommitment(stage.program, { image: pixels })
    await send(book.ask(requestId, input))
    const unmet = unmetClauses(await book.unmetClauses(signed.receipt, inclusion, input))
    const outcome = await attempt(send(book.record(signed.receipt, inclusion, tensors.output)))
    if (number === 0) {
      insist(!(outcome instanceof Error), "the honest answer is accepted")
      const digit = (await book.entries(signed.receipt.requestId)) - 1n
      reporter.tell(`${actor.name}: accepted, the contract writes down a ${digit}`, {
        provider: actor.address,
        digit,
      })
      continue
    }
    insist(
      outcome instanceof OnusError && outcome.code === "AnswerRefused",
      `${actor.name}'s answer is refused`,
    )
    insist(unmet[0] === "NotConvicted", "the refusal names the conviction")
    const reasons = unmet.map((clause) => `${clause} (${CLAUSE_MEANING[clause]})`).join(", ")
    reporter.tell(`${actor.name}: refused, unmet: ${reasons}`, { provider: actor.address, unmet })
  }
}
