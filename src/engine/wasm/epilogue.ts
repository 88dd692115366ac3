import { type Step, widthOf } from "../../protocol/program.ts"
import { collapsed, periodOf } from "./affine.ts"
import { CHAIN, CONSTANT, LOAD } from "./codes.ts"
import { fuseChains } from "./fuse-chains.ts"
import { BODY, type LaneNode, laneGraph, nodesOf } from "./lane-graph.ts"
import { type Operand, operandOf, rowsOf } from "./operand.ts"
import { assignSlots } from "./slots.ts"

/** The epilogue of a step as instructions. */
export interface Epilogue {
  /** Node i makes register i + 1. The last one makes the element. */
  readonly nodes: readonly LaneNode[]
  /** How many of the first nodes are the same for every block. */
  readonly prologue: number
  /** Lanes that are computed at once. */
  readonly block: number
  /** Whether no other NaN than the canonical one is left. */
  readonly canonical: boolean
}

/** Scratch bytes that the lanes of a block should fit in: half of a first-level cache. */
const LANES_BYTES = 20 * 1024

/** Nodes of the epilogue, before it is known how they are run. */
export const epilogueNodes = (step: Step): LaneNode[] =>
  nodesOf(fuseChains(laneGraph(step))).filter(({ code }) => code !== BODY)

/** Operands that the epilogue of a step loads. */
export const loadedOperands = (step: Step): number[] =>
  epilogueNodes(step)
    .filter(({ code }) => code === LOAD)
    .map(({ operand }) => operand)

/**
 * Decides how an epilogue is run.
 *
 * @param bodyBytes scratch bytes per lane that the body needs
 * @param rows lengths of runs that the body is read or made in
 * @param aligned number of which the first element of every run of blocks is a multiple; by default all blocks but the
 * last follow each other from element 0 on
 */
export function planEpilogue(step: Step, bodyBytes: number, rows: readonly number[], aligned = 0): Epilogue {
  const nodes = epilogueNodes(step)
  const domain = step.domain.map((size) => Math.max(size, 1))
  const reads = new Map(
    nodes
      .filter(({ code }) => code === LOAD)
      .map((node) => [node, shapeOf(operandOf(step, node.operand, domain), domain)]),
  )
  const [words, longs] = assignSlots(nodes, 0).counts
  const perLane = bodyBytes + 4 * words + 8 * longs + Math.max(4, widthOf(step.output.type))
  const most = [512, 256, 128].find((lanes) => lanes * perLane <= LANES_BYTES) ?? 64
  const lengths = [...reads.values()].flatMap(({ row }) => row ?? [])
  const block = blockOf(most, [...rows, ...lengths])
  const root = nodes.at(-1)
  const still = (node: LaneNode): boolean => {
    const period = node.code === CONSTANT ? 1 : (reads.get(node)?.period ?? Infinity)
    return node !== root && block % period === 0 && aligned % period === 0
  }
  const first = nodes.filter(still)
  return {
    nodes: [...first, ...nodes.filter((node) => !still(node))],
    prologue: first.length,
    block,
    canonical: root !== undefined && root.code >= CHAIN,
  }
}

/** How an operand changes along the elements of the output. */
interface ReadShape {
  /** Elements of the innermost run, if there are several runs. */
  readonly row: number | undefined
  /** After how many elements the same elements are read again. */
  readonly period: number
}

/** How an operand over the domain is read. */
export function shapeOf(operand: Operand, domain: readonly number[]): ReadShape {
  const nest = collapsed({ sizes: domain, rows: rowsOf(operand) }, 0, domain.length)
  const row = nest.sizes.length > 1 ? nest.sizes.at(-1) : undefined
  return { row, period: periodOf(nest, nest.sizes.length) }
}

/** A number of lanes, at most `most`, such that runs of these lengths are cut as seldom as can be; divisible by 4. */
function blockOf(most: number, lengths: readonly number[]): number {
  const shortest = Math.min(...lengths)
  if (shortest <= most) {
    for (let times = Math.floor(most / shortest); times * shortest * 4 > most; times--) {
      if ((times * shortest) % 4 === 0) return times * shortest
    }
  } else if (shortest < Infinity) {
    for (let parts = Math.ceil(shortest / most); shortest / parts >= 64; parts++) {
      if (shortest % (4 * parts) === 0) return shortest / parts
    }
  }
  return most
}
