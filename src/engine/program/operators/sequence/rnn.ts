import type { NodeContext } from "../../node.ts"
import type { Value } from "../../value.ts"
import { type Cell, type Layer, type State, lowerRecurrent, projectedAt, recur } from "./recurrent.ts"

const RNN: Layer = { gates: 1, states: 1, activations: ["Tanh"], joinsBias: () => true, step }

export const lowerRnn = (node: NodeContext): Value[] => lowerRecurrent(node, RNN)

/** h = f(x W + h R + b). */
function step(cell: Cell, time: number, [hidden]: State): State {
  const { node, activations, clip } = cell
  const sums = [recur(cell, hidden, [0, 1]), projectedAt(cell, time, [0, 1])]
  return [node.builder.map(sums, (e, [a, b]) => activations[0](e, clip(e, e.add(a, b))))]
}
