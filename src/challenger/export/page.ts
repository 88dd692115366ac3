import { TYPE_NAMES, valuesOf } from "../../engine/executor.ts"
import type { Explanation, OperandReads } from "../../engine/audit/explain.ts"
import type { Receipt } from "../../protocol/receipt.ts"
import type { Opinion } from "../check.ts"
import type { Finding } from "./finding.ts"

/** What the page says about files beside it. */
export interface PageFiles {
  /** The name of the bundle. */
  readonly bundle: string
  /** The name of the ONNX file; undefined if it is not there. */
  readonly model: string | undefined
  /** Sizes of dimensions that the file leaves open. */
  readonly dimensions: Readonly<Record<string, number>>
}

/** A finding in words, as Markdown: who claimed what, what is wrong with it, and how anybody can repeat it. */
export function pageOf(finding: Finding, files: PageFiles): string {
  return [
    ...headOf(finding),
    ...claimOf(finding),
    ...faultOf(finding),
    ...outputsOf(finding),
    ...repeatOf(finding, files),
    ...proofOf(finding.opinion),
    "",
  ].join("\n")
}

const VERDICTS: Readonly<Record<Opinion["verdict"], string>> = {
  match: "This answer is right",
  mismatch: "This answer is wrong",
  unfetchable: "This answer could not be checked",
  differs: "This answer was not judged",
}

function headOf({ known, opinion }: Finding): string[] {
  const { registry, receipt } = known.signed
  return [
    `# ${VERDICTS[opinion.verdict]}`,
    "",
    `Provider ${receipt.provider} has signed receipt`,
    `\`${known.id}\``,
    `for registry ${registry.address} on chain ${registry.chainId}. ${sentenceOf(opinion)}`,
    "",
  ]
}

const sentenceOf = (opinion: Opinion): string =>
  opinion.verdict === "match"
    ? "The model was run again on the same input, and every commitment of the receipt is that of the run."
    : `${opinion.reason}.`

function claimOf({ known }: Finding): string[] {
  const { receipt, signature } = known.signed
  return [
    "## Who claimed what",
    "",
    "| | |",
    "|---|---|",
    ...rows(receipt).map(([name, value]) => `| ${name} | \`${value}\` |`),
    `| signature | \`${signature === "0x" ? "not known: the chain has shown this receipt" : signature}\` |`,
    `| anchored | ${placeOf(known)} |`,
    "",
  ]
}

function rows(receipt: Receipt): [string, string][] {
  const date = (seconds: bigint) => `${seconds} (${timeOf(seconds)})`
  return [
    ["provider, who owes", receipt.provider],
    ["consumer, who is owed", receipt.consumer],
    ["model", receipt.modelId],
    ["request", receipt.requestId],
    ["input commitment", receipt.inputCommitment],
    ["output commitment", receipt.outputCommitment],
    ["trace commitment", receipt.traceCommitment],
    ["coverage, in token units", String(receipt.coverage)],
    ["issued", date(receipt.issuedAt)],
    ["to be anchored by", date(receipt.anchorBy)],
    ["challenge window, in seconds", String(receipt.challengeWindow)],
    ["terms", receipt.termsHash],
  ]
}

/** Receipts hold any 64 bits, dates do not. */
const timeOf = (seconds: bigint): string =>
  seconds < 8_640_000_000_000n ? new Date(Number(seconds) * 1000).toISOString() : "no date"

function placeOf({ inclusion, isAttested }: Finding["known"]): string {
  if (!inclusion) return isAttested ? "directly, by itself" : "nowhere that is known"
  const { batch, index } = inclusion
  return `receipt ${index} of ${batch.count} in the batch with the root \`${batch.root}\``
}

function faultOf({ fault, explanation, difference }: Finding): string[] {
  if (!fault || !explanation) {
    if (!difference) return []
    const lines = [
      ...(difference.output
        ? [`- outputs: committed \`${difference.output.committed}\`, right \`${difference.output.own}\``]
        : []),
      ...(difference.trace
        ? [`- trace: committed \`${difference.trace.committed}\`, right \`${difference.trace.own}\``]
        : []),
    ]
    return [
      "## What is wrong",
      "",
      "The provider has not shown the numbers that it committed to, so that nobody can point at the wrong one yet. The hashes differ:",
      "",
      ...lines,
      "",
    ]
  }
  const { step, steps, tensor, element, coordinates } = explanation
  return [
    "## What is wrong",
    "",
    `Element ${element} of ${clean(tensor)}, at [${coordinates.join(", ")}], which step ${step} of ${steps} computes (counted from 0):`,
    "",
    "| | value | bits |",
    "|---|---|---|",
    `| the provider claims | ${fault.claimed.value} | \`${fault.claimed.bits}\` |`,
    `| right is | ${fault.correct.value} | \`${fault.correct.bits}\` |`,
    "",
    "Everything that this element is computed from is what the provider itself committed to.",
    "",
    ...explained(explanation),
  ]
}

function explained({ primitive, terms, operands, registers }: Explanation): string[] {
  return [
    "### How the right value comes about",
    "",
    `The step is \`${primitive}\` (docs/semantics.md 3)${terms > 1 ? `, over ${terms} terms` : ""}. It reads:`,
    "",
    ...operands.map(operandLine),
    "",
    "and computes, one scalar operation after the other:",
    "",
    "| | operation | type | value | bits |",
    "|---|---|---|---|---|",
    ...registers.map(
      ({ register, formula, type, value }) =>
        `| r${register} | \`${formula}\` | ${type} | ${value.value} | \`${value.bits}\` |`,
    ),
    "",
  ]
}

function operandLine({ operand, tensor, type, count, first }: OperandReads): string {
  const listed = first.map(({ position, value }) => `[${position}] = ${value.value}`).join(", ")
  const more = count > first.length ? `, and ${count - first.length} more` : ""
  return `- operand ${operand}, ${clean(tensor)} (${type}): ${count === 0 ? "nothing, all is padding" : `${listed}${more}`}`
}

/** So many values of an output are shown. */
const SHOWN = 16

function outputsOf({ own, opinion }: Finding): string[] {
  if (opinion.verdict !== "mismatch" && opinion.verdict !== "match") return []
  const lines = own.program.outputs.map(({ name, shape, tensor }) => {
    const bytes = own.bytes(tensor)
    const values = Array.from<number | bigint>(valuesOf(tensor.type, bytes)).slice(0, SHOWN)
    const more = tensor.length > SHOWN ? `, and ${tensor.length - SHOWN} more` : ""
    return `- "${clean(name)}", ${TYPE_NAMES[tensor.type]} [${shape.join(", ")}]: ${values.join(", ")}${more}`
  })
  return ["## The right answer", "", ...lines, ""]
}

function repeatOf({ known, fault }: Finding, { bundle, model, dimensions }: PageFiles): string[] {
  const sizes = Object.entries(dimensions).map(([name, size]) => ` --dim ${quoted(`${name}=${size}`)}`)
  const file = model ?? "MODEL.onnx"
  const where =
    model === undefined ? ` MODEL.onnx is the file of model \`${known.signed.receipt.modelId}\`.` : ""
  return [
    "## How to repeat it",
    "",
    `With Onus, in this folder, without asking any chain or server.${where}`,
    "",
    "```sh",
    `onus verify ${bundle} --model ${file}${sizes.join("")} --offline`,
    "```",
    "",
    "It hashes the question, recovers who signed, runs the model and compares every number; it ends with 3 if the answer is wrong.",
    ...(fault
      ? [
          "Without `--offline` and with `--rpc URL`, it also asks the chain whether the signer was a key of the provider, and what stands behind the answer.",
        ]
      : []),
    "",
  ]
}

const PROOFS: Readonly<Record<Extract<Opinion, { verdict: "mismatch" }>["proof"], string>> = {
  shown:
    "The provider serves the trace that it committed to, with the wrong element in it: one transaction convicts it (`onus dispute`).",
  hidden:
    "The commitments differ. Whatever the provider shows when it is asked on-chain convicts it, and so does showing nothing (`onus challenge`).",
}

function proofOf(opinion: Opinion): string[] {
  return opinion.verdict === "mismatch" ? ["## What follows on-chain", "", PROOFS[opinion.proof]] : []
}

/** For a shell: names in a file of a stranger may be anything. */
const quoted = (text: string): string =>
  /^[\w=.-]+$/.test(text) ? text : `'${clean(text).replaceAll("'", "'\\''")}'`

/** Names in a file of a stranger must mean nothing in Markdown, or to a terminal. */
const clean = (text: string): string =>
  text.replaceAll(/\p{Cc}/gu, "\ufffd").replaceAll(/[\\`*_[\]<>|#&]/g, (character) => `\\${character}`)
