import type { NodeContext } from "../../node.ts"
import type { Value } from "../../value.ts"
import { type Cell, type Layer, type State, gate, lowerRecurrent, projectedAt, recur } from "./recurrent.ts"

const resetsAfter = (node: NodeContext): boolean => node.int("linear_before_reset", 0) !== 0

/** Gates z, r, h. */
const GRU: Layer = {
  gates: 3,
  states: 1,
  activations: ["Sigmoid", "Tanh"],
  // With a reset behind the product, its bias is reset too and cannot be added before.
  joinsBias: (node) => !resetsAfter(node),
  step,
}

export const lowerGru = (node: NodeContext): Value[] => lowerRecurrent(node, GRU)

/** One moment: z and r from the state, then the new content, then h = (1 - z) n + z h. */
function step(cell: Cell, time: number, [hidden]: State): State {
  const { builder } = cell.node
  builder.stored(hidden)
  return [resetsAfter(cell.node) ? resetAfter(cell, time, hidden) : resetBefore(cell, time, hidden)]
}

function resetBefore(cell: Cell, time: number, hidden: Value): Value {
  const { node, activations, clip } = cell
  const { builder } = node
  const [f, g] = activations
  const opened = builder.map([recur(cell, hidden, [0, 2]), projectedAt(cell, time, [0, 2])], (e, [a, b]) =>
    f(e, clip(e, e.add(a, b))),
  )
  builder.stored(opened)
  const [z, r] = [gate(cell, opened, 0), gate(cell, opened, 1)]
  const reset = builder.map([r, hidden], (e, [x, h]) => e.mul(x, h))
  const sum = recur(cell, reset, [2, 1])
  return builder.map([sum, projectedAt(cell, time, [2, 1]), z, hidden], (e, [a, b, update, h]) => {
    const content = g(e, clip(e, e.add(a, b)))
    return e.add(e.mul(e.sub(e.float(1), update), content), e.mul(update, h))
  })
}

function resetAfter(cell: Cell, time: number, hidden: Value): Value {
  const { node, activations, bias, clip } = cell
  const { builder } = node
  const [f, g] = activations
  const plain = recur(cell, hidden, [0, 3])
  const sums = bias ? builder.map([plain, bias], (e, [a, b]) => e.add(a, b)) : plain
  builder.stored(sums)
  const [z, r, h] = [0, 1, 2].map((at) => gate(cell, sums, at))
  const [pz, pr, ph] = [0, 1, 2].map((at) => projectedAt(cell, time, [at, 1]))
  return builder.map([z, r, h, pz, pr, ph, hidden], (e, [az, ar, ah, bz, br, bh, before]) => {
    const update = f(e, clip(e, e.add(az, bz)))
    const reset = f(e, clip(e, e.add(ar, br)))
    const content = g(e, clip(e, e.add(e.mul(reset, ah), bh)))
    return e.add(e.mul(e.sub(e.float(1), update), content), e.mul(update, before))
  })
}
