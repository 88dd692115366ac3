import { ElementType } from "../../protocol/program.ts"
import { ADD_F32, CHAIN, CONSTANT, MAX_F32, MIN_F32, MUL_F32, SUB_F32 } from "./codes.ts"
import { type LaneNode, constantNode, nodeOf, nodesOf } from "./lane-graph.ts"

const { Float32 } = ElementType
const SIGN = 0x80000000n
const INFINITY = 0x7f800000n

/** A constant that is no NaN. */
const isNumber = ({ code, value }: LaneNode): boolean => code === CONSTANT && (value & ~SIGN) <= INFINITY

/** Numbers of a chain: see `assembly/chains.ts`. */
const [SUMMAND, LOWER, UPPER, ELEMENT] = [2, 6, 12, 18]

/** Operations that follow each other, the last one first. */
interface Found {
  start: LaneNode
  factor?: LaneNode | undefined
  readonly summands: LaneNode[]
  low?: LaneNode | undefined
  high?: LaneNode | undefined
  length: number
}

/**
 * Makes one operation of float32 operations that follow each other: a product, up to two sums, a lower and an upper
 * bound, each if it is there. Their results are the same, bit for bit, as a NaN has no bits between operations.
 */
export function fuseChains(root: LaneNode): LaneNode {
  const uses = new Map<LaneNode, number>()
  for (const { args } of nodesOf(root)) for (const arg of args) uses.set(arg, (uses.get(arg) ?? 0) + 1)
  const fused = new Map<LaneNode, LaneNode>()
  const fuse = (node: LaneNode): LaneNode => {
    const known = fused.get(node)
    if (known) return known
    const found = chainAt(node, (inner) => uses.get(inner) === 1)
    const pays = node === root || found.low || found.high ? 1 : 2
    const made =
      found.length >= pays ? chainNode(found, fuse, node === root) : { ...node, args: node.args.map(fuse) }
    fused.set(node, made)
    return made
  }
  return fuse(root)
}

/** The longest chain that ends at a node; nodes inside of it must be used by it alone. */
function chainAt(root: LaneNode, isInner: (node: LaneNode) => boolean): Found {
  const found: Found = { start: root, summands: [], length: 0 }
  const step = (code: number, take: (chain: LaneNode, other: LaneNode) => boolean): void => {
    const node = found.start
    if (node.code !== code || (node !== root && !isInner(node))) return
    const [a, b] = node.args
    // What is computed goes on with the chain, what is loaded or constant is its operand.
    const [chain, other] = a.args.length === 0 && b.args.length > 0 ? [b, a] : [a, b]
    if (take(chain, other)) [found.start, found.length] = [chain, found.length + 1]
    else if (take(other, chain)) [found.start, found.length] = [other, found.length + 1]
  }
  step(MIN_F32, (_, bound) => {
    if (!isNumber(bound) || bound.value === SIGN) return false
    found.high = bound
    return true
  })
  step(MAX_F32, (_, bound) => {
    if (!isNumber(bound)) return false
    found.low = bound
    return true
  })
  for (let i = 0; i < 2; i++) {
    const before = found.length
    step(ADD_F32, (_, summand) => found.summands.unshift(summand) > 0)
    if (found.length === before) step(SUB_F32, (_, summand) => negated(found, summand))
  }
  step(MUL_F32, (_, factor) => {
    found.factor = factor
    return true
  })
  return found
}

/** Subtracting a constant is adding it with the other sign. */
function negated(found: Found, summand: LaneNode): boolean {
  if (!isNumber(summand) || found.start.args[1] !== summand) return false
  found.summands.unshift(constantNode(Float32, summand.value ^ SIGN))
  return true
}

function chainNode(found: Found, fuse: (node: LaneNode) => LaneNode, isElement: boolean): LaneNode {
  const { summands, high } = found
  const start = fuse(found.start)
  const unbounded = constantNode(Float32, INFINITY | SIGN)
  const low = found.low ?? (high && unbounded)
  const bounds = high ? UPPER : low ? LOWER : 0
  const code = Number(found.factor !== undefined) + SUMMAND * summands.length + bounds
  const args = [found.factor, summands[0], summands[1], low, high].map((arg) => (arg ? fuse(arg) : start))
  return nodeOf(CHAIN + code + (isElement ? ELEMENT : 0), Float32, [start, ...args])
}
