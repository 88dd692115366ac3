import { toBeHex } from "ethers"
import type { FaultyElement } from "../../src/engine/audit/find-fault.ts"
import { fromBits } from "../../src/engine/reference/scalar.ts"
import { interpreter } from "../../src/engine/reference/interpreter.ts"
import { Body } from "../../src/protocol/program.ts"
import { type OpenedBundle, openBundle, reexecute, verifySignature } from "../../src/sdk/verify.ts"
import type { Service } from "./3-serve.ts"
import { insist } from "./insist.ts"
import type { Reporter } from "./reporter.ts"
import type { Stage } from "./stage.ts"

/** A bundle that does not add up. */
export interface Finding {
  readonly service: Service
  readonly answer: number
  readonly opened: OpenedBundle
  readonly fault: FaultyElement
}

/** The challenger re-executes every answer and finds the one that is false. */
export async function findLie(
  stage: Stage,
  services: readonly Service[],
  reporter: Reporter,
): Promise<Finding> {
  reporter.act("A challenger re-executes every answer")
  const findings: Finding[] = []
  for (const service of services) {
    for (const [answer, bundle] of service.bundles.entries()) {
      await verifySignature(stage.challenger.client, bundle.signed)
      const opened = openBundle(stage.program, bundle)
      const { fault } = await reexecute(interpreter, opened)
      if (fault) findings.push({ service, answer, opened, fault })
    }
    const lies = findings.filter((finding) => finding.service === service)
    const verdict = lies
      .map(({ answer }) => `answer ${answer + 1} does not follow from its own trace`)
      .join(", ")
    reporter.tell(`${service.actor.name}: ${verdict || "every number of every answer is right"}`, {
      provider: service.actor.address,
      mismatches: lies.map(({ answer, fault }) => ({ answer, ...fault })),
    })
  }
  insist(findings.length === 1, "exactly one answer is false")
  const [finding] = findings
  insist(finding.service === services[1], "the second provider lied")
  const { step, element, claimed, correct } = finding.fault
  const { body, reduction } = stage.program.steps[step]
  const terms = reduction.reduce((all, size) => all * size, 1)
  const kind = body === Body.Dot ? `a dot product of ${terms} terms` : `${terms} terms`
  reporter.tell(
    `element ${element} of step ${step} (${kind}) was given as ${show(claimed)}; its operands make ${show(correct)}`,
    { step, element, claimed: toBeHex(claimed, 4), correct: toBeHex(correct, 4) },
  )
  return finding
}

const show = (bits: bigint): string => `${fromBits(Number(bits)).toPrecision(7)} (${toBeHex(bits, 4)})`
