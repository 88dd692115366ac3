import { ElementType } from "../../../../protocol/program.ts"
import { requirePositions } from "../../limits.ts"
import type { NodeContext } from "../../node.ts"
import type { Emitter, Register } from "../../scalar/emitter.ts"
import { expand, reshape, slice, transpose } from "../../shapes.ts"
import type { Value } from "../../value.ts"
import { type Activation, activationsOf } from "./activations.ts"
import { call, concat } from "./call.ts"
import { optionalShaped } from "./inputs.ts"

/** One direction of a recurrent layer, unrolled over time. */
export interface Cell {
  readonly node: NodeContext
  readonly activations: readonly Activation[]
  readonly size: number
  /** Contributions of the input with the biases that belong to it, [time, batch, gates x size]. */
  readonly projected: Value
  /** Recurrent weights, [gates x size, size]. */
  readonly weights: Value
  /** Biases of the recurrence, [gates x size]; already part of `projected` if the layer says so. */
  readonly bias: Value | undefined
  /** Weights of the peepholes, [3 x size]. */
  readonly peepholes: Value | undefined
  /** Keeps what goes into an activation within the attribute `clip`. */
  readonly clip: (e: Emitter, x: Register) => Register
}

/** What a layer carries from one moment to the next, each [batch, size]. */
export type State = readonly Value[]

export interface Layer {
  readonly gates: number
  readonly activations: readonly string[]
  /** How many values the state has: 1, or 2 with a cell beside the hidden state. */
  readonly states: number
  /** Whether the biases of the recurrence are added together with those of the input. */
  readonly joinsBias: (node: NodeContext) => boolean
  readonly step: (cell: Cell, time: number, state: State) => State
}

/**
 * Unrolls a recurrent layer: the input is projected for all moments in one product, and every moment adds what
 * the state contributes. Moments behind the end of a sequence leave its state as it is and answer zero.
 */
export function lowerRecurrent(node: NodeContext, layer: Layer): Value[] {
  const { builder } = node
  const layout = node.int("layout", 0)
  if (layout !== 0 && layout !== 1) node.fail(`layout is ${layout} instead of 0 or 1`)
  const batchFirst = layout === 1
  const given = node.requireType(0, ElementType.Float32)
  if (given.shape.length !== 3) node.fail(`the input has the shape [${given.shape}] instead of three axes`)
  const x = batchFirst ? transpose(builder, given, [1, 0, 2]) : given
  const [times, batch] = x.shape
  const direction = node.string("direction", "forward")
  if (!["forward", "reverse", "bidirectional"].includes(direction))
    node.fail(`direction "${direction}" is unknown`)
  const directions = direction === "bidirectional" ? 2 : 1
  const size = node.int("hidden_size") ?? node.input(2).shape.at(-1) ?? 0
  const activations = activationsOf(node, layer.activations, directions)
  const stateShape = batchFirst ? [batch, directions, size] : [directions, batch, size]
  const initial = (index: number): Value => {
    const value = optionalShaped(node, index, stateShape)
    if (!value) return builder.fill(ElementType.Float32, [directions, batch, size], 0n)
    return batchFirst ? transpose(builder, value, [1, 0, 2]) : value
  }
  const starts = [initial(5), ...(layer.states === 2 ? [initial(6)] : [])]
  const lengths = optionalShaped(node, 4, [batch], ElementType.Int32)
  const all: Value[] = []
  const ends: State[] = []
  for (let d = 0; d < directions; d++) {
    const cell = cellOf(node, layer, x, [d, directions], activations[d], size)
    const backwards = direction === "reverse" || d === 1
    let state: State = starts.map((value) => pick(node, value, d))
    const outputs = new Array<Value>(requirePositions(times))
    for (let i = 0; i < times; i++) {
      const time = backwards ? times - 1 - i : i
      const next = layer.step(cell, time, state)
      outputs[time] = lengths ? within(node, lengths, time, next[0], undefined) : next[0]
      state = lengths ? next.map((value, at) => within(node, lengths, time, value, state[at])) : next
      for (const value of [...state, outputs[time]]) builder.stored(value)
    }
    const moments = outputs.map((value) => reshape(builder, value, [1, 1, batch, size]))
    if (times > 0) all.push(concat(node, moments, 0))
    ends.push(state)
  }
  const y =
    times === 0 ? builder.fill(ElementType.Float32, [0, directions, batch, size], 0n) : concat(node, all, 1)
  const last = Array.from({ length: layer.states }, (_, at) => {
    const parts = ends.map((state) => reshape(builder, state[at], [1, batch, size]))
    const value = concat(node, parts, 0)
    return batchFirst ? transpose(builder, value, [1, 0, 2]) : value
  })
  return [batchFirst ? transpose(builder, y, [2, 0, 1, 3]) : y, ...last]
}

function cellOf(
  node: NodeContext,
  { gates, joinsBias }: Layer,
  x: Value,
  [direction, directions]: readonly [number: number, count: number],
  activations: readonly Activation[],
  size: number,
): Cell {
  const { builder } = node
  const [times, batch, inputs] = x.shape
  const own = (index: number, ...sizes: readonly number[]): Value | undefined => {
    const value = optionalShaped(node, index, [directions, ...sizes])
    return value && pick(node, value, direction)
  }
  const w = own(1, gates * size, inputs) ?? node.input(1)
  const r = own(2, gates * size, size) ?? node.input(2)
  const both = own(3, 2 * gates * size)
  const half = (at: number) => both && slice(builder, both, 0, at * gates * size, 1, gates * size)
  const [inputBias, stateBias] = [half(0), half(1)]
  const joined =
    inputBias && stateBias && joinsBias(node)
      ? builder.map([inputBias, stateBias], (e, [a, b]) => e.add(a, b))
      : inputBias
  const rows = reshape(builder, x, [times * batch, inputs])
  const product = call(node, "MatMul", [rows, transpose(builder, w, [1, 0])])
  const projected = joined ? builder.map([product, joined], (e, [a, b]) => e.add(a, b)) : product
  const limit = node.float("clip")
  return {
    node,
    activations,
    size,
    projected: reshape(builder, projected, [times, batch, gates * size]),
    weights: r,
    bias: joinsBias(node) ? undefined : stateBias,
    peepholes: own(7, 3 * size),
    clip: (e, value) => (limit === undefined ? value : e.max(e.min(value, e.float(limit)), e.float(-limit))),
  }
}

/** What the state contributes to some gates: state x weights^T, with `added` behind it. */
export function recur(cell: Cell, state: Value, gates: readonly [from: number, count: number]): Value {
  const { node, size, weights } = cell
  const rows = slice(node.builder, weights, 0, gates[0] * size, 1, gates[1] * size)
  return call(node, "MatMul", [state, transpose(node.builder, rows, [1, 0])])
}

/** What the input contributes to some gates at a moment, [batch, count x size]. */
export function projectedAt(cell: Cell, time: number, gates: readonly [from: number, count: number]): Value {
  const { node, projected, size } = cell
  const moment = pick(node, projected, time)
  return slice(node.builder, moment, 1, gates[0] * size, 1, gates[1] * size)
}

/** One gate of values side by side. */
export const gate = (cell: Cell, values: Value, at: number): Value =>
  slice(cell.node.builder, values, values.shape.length - 1, at * cell.size, 1, cell.size)

/** Entry `at` of the first axis, without the axis. */
function pick({ builder }: NodeContext, value: Value, at: number): Value {
  return reshape(builder, slice(builder, value, 0, at, 1, 1), value.shape.slice(1))
}

/** The new value in sequences that reach beyond `time`, otherwise the old one or zero. */
function within(
  node: NodeContext,
  lengths: Value,
  time: number,
  value: Value,
  old: Value | undefined,
): Value {
  const { builder } = node
  builder.stored(value)
  const rows = expand(builder, reshape(builder, lengths, [lengths.shape[0], 1]), value.shape)
  return builder.map(old ? [value, rows, old] : [value, rows], (e, [x, length, before]) =>
    e.select(e.lt(e.number(lengths.type, time), length), x, before ?? e.float(0)),
  )
}
