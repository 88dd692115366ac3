import type { Value } from "../../value.ts"
import type { NodeContext } from "../../node.ts"
import { type Cell, type Layer, type State, gate, lowerRecurrent, projectedAt, recur } from "./recurrent.ts"

/** Gates i, o, f, c; the state is hidden and cell. */
const LSTM: Layer = {
  gates: 4,
  states: 2,
  activations: ["Sigmoid", "Tanh", "Tanh"],
  joinsBias: () => true,
  step,
}

export const lowerLstm = (node: NodeContext): Value[] => lowerRecurrent(node, LSTM)

/**
 * One moment in three steps: all gates, the cell, the hidden state.
 *
 *     i = f(i' + Pi c), f = f(f' + Pf c), c = f c + i g(c'), o = f(o' + Po c), h = o h(c)
 */
function step(cell: Cell, time: number, [hidden, memory]: State): State {
  const { node, activations, peepholes, clip } = cell
  const { builder } = node
  const [f, g, h] = activations
  const coupled = node.int("input_forget", 0) !== 0
  const sums = builder.map([recur(cell, hidden, [0, 4]), projectedAt(cell, time, [0, 4])], (e, [a, b]) =>
    e.add(a, b),
  )
  builder.stored(sums)
  builder.stored(memory)
  const [input, output, forget, update] = [0, 1, 2, 3].map((at) => gate(cell, sums, at))
  const holes = peepholes ? [0, 1, 2].map((at) => gate(cell, peepholes, at)) : []
  const next = builder.map(
    [memory, input, forget, update, ...(peepholes ? [holes[0], holes[2]] : [])],
    (e, [c, i, o, u, pi, pf]) => {
      const seen = (x: number, p: number | undefined) => clip(e, p === undefined ? x : e.add(x, e.mul(p, c)))
      const opened = f(e, seen(i, pi))
      const kept = coupled ? e.sub(e.float(1), opened) : f(e, seen(o, pf))
      return e.add(e.mul(kept, c), e.mul(opened, g(e, clip(e, u))))
    },
  )
  builder.stored(next)
  const out = builder.map([output, next, ...(peepholes ? [holes[1]] : [])], (e, [o, c, po]) => {
    const opened = f(e, clip(e, po === undefined ? o : e.add(o, e.mul(po, c))))
    return e.mul(opened, h(e, c))
  })
  return [out, next]
}
