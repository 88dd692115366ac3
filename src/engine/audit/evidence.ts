import { AbiCoder, ZeroHash } from "ethers"
import { MODEL_HEADER } from "../../protocol/model.ts"
import { type Tensor, encodeStep, widthOf } from "../../protocol/program.ts"
import { CHUNK_BYTES } from "../../protocol/tensor-tree.ts"
import type { Execution } from "../executor.ts"
import { evaluate } from "../reference/evaluate.ts"
import type { Commitment } from "../trace/commitment.ts"

const OPENING = "tuple(uint32 operand, uint32 chunk, bytes data, bytes32[] path)"
const PROOF = `tuple(uint32 stepIndex, bytes step, bytes32[] stepPath, uint256 element, bytes outputData, bytes32[] outputPath, ${OPENING}[] openings)`
const EVIDENCE = `tuple(bytes32 question, ${MODEL_HEADER} header, bytes32 traceRoot, bytes proof)`
const coder = AbiCoder.defaultAbiCoder()

const chunkOf = (tensor: Tensor, element: number): number =>
  Math.floor((element * widthOf(tensor.type)) / CHUNK_BYTES)

/** @returns the `evidence` argument of `convict` for a wrong execution: one element of a run whose trace is known. */
export function wrongExecutionEvidence(
  run: Execution,
  commitment: Commitment,
  stepIndex: number,
  element: number,
): string {
  const { header } = run.program
  const proof = elementProof(run, commitment, stepIndex, element)
  return coder.encode([EVIDENCE], [{ question: ZeroHash, header, traceRoot: commitment.traceRoot, proof }])
}

/**
 * Everything the referee needs to recompute one element: its descriptor, the provider's value and
 * exactly those chunks of the operands that the element reads.
 *
 * @returns the `proof` argument of `IReferee`.
 */
export function elementProof(
  run: Execution,
  commitment: Pick<Commitment, "open">,
  stepIndex: number,
  element: number,
): string {
  const { program } = run
  const step = program.steps[stepIndex]
  const output = commitment.open(step.output, chunkOf(step.output, element))
  const proof = {
    stepIndex,
    step: encodeStep(step),
    stepPath: program.programTree.path(stepIndex),
    element,
    outputData: output.data,
    outputPath: output.path,
    openings: chunksRead(run, stepIndex, element).map(({ operand, chunk }) => {
      return { operand, ...commitment.open(step.operands[operand].tensor, chunk) }
    }),
  }
  return coder.encode([PROOF], [proof])
}

/** The chunks that an element reads, in order of operand and chunk. */
function chunksRead(
  run: Execution,
  stepIndex: number,
  element: number,
): { operand: number; chunk: number }[] {
  const step = run.program.steps[stepIndex]
  const seen = step.operands.map(() => new Set<number>())
  evaluate(step, element, run.bytes.bind(run), (operand, position) => {
    seen[operand].add(chunkOf(step.operands[operand].tensor, position))
  })
  return seen.flatMap((chunks, operand) =>
    [...chunks].sort((a, b) => a - b).map((chunk) => ({ operand, chunk })),
  )
}
