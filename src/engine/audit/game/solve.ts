import { ZeroHash, getBytes, hexlify } from "ethers"
import { OnusError } from "../../../protocol/errors.ts"
import { Space, widthOf } from "../../../protocol/program.ts"
import type { Receipt, Registry } from "../../../protocol/receipt.ts"
import { CHUNK_BYTES } from "../../../protocol/tensor-tree.ts"
import { traceCommitment } from "../../../protocol/trace.ts"
import type { Execution } from "../../executor.ts"
import { leavesOf, totalLeaves } from "../../program/program.ts"
import { evaluate } from "../../reference/evaluate.ts"
import { type RunTrees, tensorsOf, treesOf } from "../../trace/commitment.ts"
import { PartialTrace, type Shown } from "./partial-trace.ts"
import { type HiddenSpace, type Question, chunkQuestion, nodeQuestion, questionId } from "./question.ts"
import { stepAt } from "./step-at.ts"

/** A question that some challenger has asked, and its answer if there is one. */
export interface Asked {
  readonly question: Question
  /** An answer is taken until this second of the registry's clock at least. */
  readonly due: bigint
  /** An answer is taken before this block at least. */
  readonly dueBlock: bigint
  readonly shown?: Shown | undefined
}

/** Everything that the chain knows about a game. */
export interface Position {
  readonly registry: Registry
  readonly receipt: Receipt
  /** The root that was posted for a receipt without a trace commitment. */
  readonly postedRoot?: string | undefined
  /** Whoever asked: answers serve everyone. */
  readonly asked: readonly Asked[]
  /** On the registry's clock, in the latest block. */
  readonly time: bigint
  readonly block: bigint
}

/** What a challenger does next. */
export type Move =
  /** Asks for what is below a node, or what a leaf is there for. */
  | { readonly kind: "demandNode"; readonly question: Question }
  /** Asks for chunk `chunk` of what step `step` makes. */
  | {
      readonly kind: "demandChunk"
      readonly question: Question
      readonly step: number
      readonly chunk: number
    }
  /** Convicts by an element: `wrongExecutionEvidence(run, commitment, step, element)`. */
  | {
      readonly kind: "prove"
      readonly step: number
      readonly element: number
      readonly commitment: PartialTrace
    }
  /** Convicts by a demand that was not answered in time. */
  | { readonly kind: "withheld"; readonly question: Question }
  /** The next move depends on a demand that is not due yet. */
  | { readonly kind: "wait"; readonly question: Question; readonly due: bigint; readonly dueBlock: bigint }
  /** Nothing differs. */
  | { readonly kind: "agreement" }

/**
 * A challenger that has executed a request by itself.
 *
 * It goes through the steps in their order, and stops at the first chunk that differs. All operands of its elements were
 * made before, so they agree, and the first element that differs contradicts them. Where no step writes, leaves are absent:
 * of one that is not, it asks what it is there for, which nobody can say.
 *
 * @example
 * ```ts
 * const solver = new Solver(await executor.run(program, inputs))
 * const move = solver.next(await readGame(court, accused, { from: block }))
 * if (move.kind === "demandNode" || move.kind === "demandChunk") await demand(court, accused, program, move)
 * if (move.kind === "prove") await convictHidden(court, accused, provenEvidence(run, move))
 * if (move.kind === "withheld") await convictWithheld(court, accused, move.question)
 * ```
 */
export class Solver {
  readonly #run: Execution
  readonly #trees: RunTrees

  /** @param run The challenger's own, with everything kept. */
  constructor(run: Execution) {
    this.#run = run
    this.#trees = run.trees ?? treesOf(run.program, (tensor) => run.bytes(tensor))
  }

  /**
   * The next move. Pure: the same position gives the same move.
   *
   * @throws OnusError `ModelMismatch`, `CommitmentMismatch` when the run is not of the receipt's model and input.
   */
  next(position: Position): Move {
    const late = position.asked.find((asked) => isOverdue(asked, position))
    if (late) return { kind: "withheld", question: late.question }
    this.#requireSameQuestion(position.receipt)
    const move = this.#moveOn(this.#known(position), position)
    if (!("question" in move)) return move
    const id = questionId(move.question)
    const pending = position.asked.find((asked) => questionId(asked.question) === id)
    if (!pending) return move
    const { question, due, dueBlock } = pending
    return { kind: "wait", question, due, dueBlock }
  }

  /** Whoever runs something else sees differences everywhere. */
  #requireSameQuestion({ modelId, inputCommitment }: Receipt): void {
    const own = { modelId: this.#run.program.modelId, input: hexlify(this.#trees[Space.Input].root) }
    if (modelId !== own.modelId)
      throw new OnusError("ModelMismatch", `The receipt is for model ${modelId}, not ${own.modelId}`, {
        hint: "Run the model that the receipt names",
      })
    if (inputCommitment !== own.input)
      throw new OnusError(
        "CommitmentMismatch",
        `The receipt commits to the input ${inputCommitment}; the run began with ${own.input}`,
        { hint: "Get the input from the consumer or the provider, and run the model on that" },
      )
  }

  /** What is known of the provider's trees. */
  #known({ registry, receipt, postedRoot, asked }: Position): PartialTrace {
    const known = new PartialTrace(this.#run, this.#trees)
    const [trace, output] = [known.tree(Space.Trace), known.tree(Space.Output)]
    output.reveal(output.depth, 0, [getBytes(receipt.outputCommitment)])
    const own = this.#trees[Space.Trace].root
    if (postedRoot !== undefined) trace.reveal(trace.depth, 0, [getBytes(postedRoot)])
    else if (receipt.traceCommitment === traceCommitment(registry, receipt, hexlify(own)))
      trace.reveal(trace.depth, 0, [own])
    for (const { question, shown } of asked) if (shown) known.learn(question, shown)
    return known
  }

  #moveOn(known: PartialTrace, { receipt, postedRoot }: Position): Move {
    const isUnposted = receipt.traceCommitment === ZeroHash && postedRoot === undefined
    // Such a provider has committed to the answer only, and the answer is right.
    if (isUnposted && receipt.outputCommitment === hexlify(this.#trees[Space.Output].root))
      return { kind: "agreement" }
    for (const [step, { output }] of this.#run.program.steps.entries()) {
      const space = output.space as HiddenSpace
      const { firstLeaf } = output
      const found = known.tree(space).firstDifference(firstLeaf, firstLeaf + leavesOf(output))
      if (!found) continue
      if (found.kind === "hidden") return this.#ask(space, found.height, found.index)
      return this.#accuse(known, step, found.position - firstLeaf)
    }
    return this.#behindTensors(known, isUnposted ? [Space.Output] : [Space.Trace, Space.Output])
  }

  /** All chunks agree; what else is in a tree must be absent. */
  #behindTensors(known: PartialTrace, spaces: readonly HiddenSpace[]): Move {
    for (const space of spaces) {
      const tree = known.tree(space)
      const found = tree.firstDifference(totalLeaves(tensorsOf(this.#run.program, space)), 2 ** tree.depth)
      if (found?.kind === "hidden") return this.#ask(space, found.height, found.index)
      if (found) return this.#ask(space, 0, found.position)
    }
    return { kind: "agreement" }
  }

  /** Asks about a node; the only one of a tree of one chunk is that chunk. */
  #ask(space: HiddenSpace, height: number, index: number): Move {
    const step = height === 0 ? stepAt(this.#run.program, space, index) : undefined
    if (step === undefined) return { kind: "demandNode", question: nodeQuestion(space, height, index) }
    const { output } = this.#run.program.steps[step]
    return this.#askForChunk(step, index - output.firstLeaf)
  }

  #askForChunk(step: number, chunk: number): Move {
    const question = chunkQuestion(this.#run.program.steps[step].output, chunk)
    return { kind: "demandChunk", question, step, chunk }
  }

  /** A chunk differs and everything before it agrees. */
  #accuse(known: PartialTrace, step: number, chunk: number): Move {
    const { output } = this.#run.program.steps[step]
    const data = known.revealed(output, chunk)
    if (!data) return this.#askForChunk(step, chunk)
    const trace = known.tree(Space.Trace)
    // Without a trace that could be searched, its root is still part of the evidence.
    if (!trace.digest(trace.depth, 0)) return this.#ask(Space.Trace, trace.depth, 0)
    return { kind: "prove", step, element: this.#wrongElement(step, chunk, data), commitment: known }
  }

  /** The first element that is not what the operands, on which both agree, give. */
  #wrongElement(number: number, chunk: number, claimed: Uint8Array): number {
    const step = this.#run.program.steps[number]
    const start = chunk * CHUNK_BYTES
    const own = this.#run.bytes(step.output).subarray(start, start + claimed.length)
    const width = widthOf(step.output.type)
    const differing = Math.floor(claimed.findIndex((byte, i) => byte !== own[i]) / width)
    const element = start / width + differing
    const bytes = claimed.subarray(differing * width, (differing + 1) * width)
    const value = bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n)
    if (evaluate(step, element, (tensor) => this.#run.bytes(tensor)) === value)
      throw new Error(`The run and the reference disagree on element ${element} of step ${number}`)
    return element
  }
}

/** Whether nothing was shown until it was too late. Twin of `Disclosure`. */
export function isOverdue(
  { shown, due, dueBlock }: Asked,
  { time, block }: Pick<Position, "time" | "block">,
): boolean {
  return !shown && time > due && block >= dueBlock
}
