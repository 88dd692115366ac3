import { elementsOf } from "../../../../../src/engine/onnx/elements.ts"
import type { OnnxTensor } from "../../../../../src/engine/onnx/graph.ts"
import type { Spec } from "../spec.ts"
import { type NumberArray, arrayOf, at, build, range, sum, tensorOf } from "./array.ts"
import { floatOf, floatsOf, intOf, stringOf, stringsOf } from "./attributes.ts"

type Activation = (x: number) => number

/** How many parameters each activation takes, with their defaults, and what it does. */
const ACTIVATIONS: Readonly<
  Record<
    string,
    readonly [
      alpha: number | undefined,
      beta: number | undefined,
      make: (x: number, a: number, b: number) => number,
    ]
  >
> = {
  Relu: [undefined, undefined, (x) => Math.max(0, x)],
  Tanh: [undefined, undefined, Math.tanh],
  Sigmoid: [undefined, undefined, (x) => 1 / (1 + Math.exp(-x))],
  Affine: [1, 0, (x, a, b) => a * x + b],
  LeakyRelu: [0.01, undefined, (x, a) => (x < 0 ? a * x : x)],
  ThresholdedRelu: [1, undefined, (x, a) => (x > a ? x : 0)],
  ScaledTanh: [1, 1, (x, a, b) => a * Math.tanh(b * x)],
  HardSigmoid: [0.2, 0.5, (x, a, b) => Math.min(1, Math.max(0, a * x + b))],
  Elu: [1, undefined, (x, a) => (x < 0 ? a * Math.expm1(x) : x)],
  Softsign: [undefined, undefined, (x) => x / (1 + Math.abs(x))],
  Softplus: [undefined, undefined, (x) => Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0)],
}

/** The names of all activations. */
export const ACTIVATION_NAMES = Object.keys(ACTIVATIONS)

/** The parameters that functions take, in the order in which the attributes list them. */
export const takesAlpha = (name: string): boolean => ACTIVATIONS[name][0] !== undefined
export const takesBeta = (name: string): boolean => ACTIVATIONS[name][1] !== undefined

const DEFAULTS = { RNN: ["Tanh"], GRU: ["Sigmoid", "Tanh"], LSTM: ["Sigmoid", "Tanh", "Tanh"] } as const
const GATES = { RNN: 1, GRU: 3, LSTM: 4 } as const
type Layer = keyof typeof GATES

/** One direction of a layer. */
interface Cell {
  readonly spec: Spec
  readonly layer: Layer
  readonly size: number
  readonly activations: readonly Activation[]
  readonly clip: Activation
  /** What the input, or the state, contributes to a unit of a gate, without and with its bias. */
  readonly input: (b: number, t: number, gate: number, unit: number) => number
  readonly state: (h: readonly number[], gate: number, unit: number) => number
  readonly peephole: (gate: number, unit: number) => number
}

/** RNN, GRU and LSTM one number after the other in binary64. */
export function recurrentReference(spec: Spec): OnnxTensor[] {
  const layer = spec.op as Layer
  const isBatchFirst = intOf(spec, "layout", 0) === 1
  const swap = (x: NumberArray): NumberArray =>
    isBatchFirst
      ? build([x.dims[1], x.dims[0], ...x.dims.slice(2)], ([i, j, ...rest]) => at(x, [j, i, ...rest]))
      : x
  const x = swap(arrayOf(spec.inputs[0]!))
  const [times, batch] = x.dims
  const size = arrayOf(spec.inputs[2]!).dims[2]
  const direction = stringOf(spec, "direction", "forward")
  const directions = direction === "bidirectional" ? 2 : 1
  const lengths = spec.inputs[4] && [...elementsOf(spec.inputs[4])].map(Number)
  const [startH, startC] = [5, 6].map((i) => spec.inputs[i] && swap(arrayOf(spec.inputs[i])))
  const y = new Map<string, number>()
  const [lastH, lastC]: number[][][][] = [[], []]
  for (const d of range(directions)) {
    const cell = cellOf(spec, layer, d, x, size)
    const states = range(batch).map((b) => {
      const start = (value: NumberArray | undefined) =>
        range(size).map((u) => (value ? at(value, [d, b, u]) : 0))
      let [h, c] = [start(startH), start(startC)]
      const order = direction === "reverse" || d === 1 ? range(times).reverse() : range(times)
      for (const t of order) {
        if (lengths && t >= lengths[b]) continue
        ;[h, c] = STEPS[layer](cell, b, t, h, c)
        h.forEach((one, u) => y.set(String([t, d, b, u]), one))
      }
      return [h, c]
    })
    lastH.push(states.map(([h]) => h))
    lastC.push(states.map(([, c]) => c))
  }
  const all = build([times, directions, batch, size], (place) => y.get(String(place)) ?? 0)
  const last = (list: number[][][]) => swap(build([directions, batch, size], ([d, b, u]) => list[d][b][u]))
  const first = isBatchFirst
    ? build([batch, times, directions, size], ([b, t, d, u]) => at(all, [t, d, b, u]))
    : all
  const outputs = [first, last(lastH), last(lastC)].slice(0, spec.outputs ?? 1)
  return outputs.filter((_, i) => !spec.omitted?.includes(i)).map((one) => tensorOf(one))
}

function cellOf(spec: Spec, layer: Layer, d: number, x: NumberArray, size: number): Cell {
  const [w, r] = [1, 2].map((i) => arrayOf(spec.inputs[i]!))
  const [bias, holes] = [3, 7].map((i) => spec.inputs[i] && arrayOf(spec.inputs[i]))
  const gates = GATES[layer]
  const limit = floatOf(spec, "clip", Infinity)
  const plus = (at0: number) => (bias ? at(bias, [d, at0]) : 0)
  return {
    spec,
    layer,
    size,
    activations: activationsOf(spec, layer, d),
    clip: (value) => Math.min(limit, Math.max(-limit, value)),
    input: (b, t, gate, unit) => {
      const row = gate * size + unit
      return sum(range(x.dims[2]).map((i) => at(x, [t, b, i]) * at(w, [d, row, i]))) + plus(row)
    },
    state: (h, gate, unit) => {
      const row = gate * size + unit
      return sum(h.map((one, i) => one * at(r, [d, row, i]))) + plus(gates * size + row)
    },
    peephole: (gate, unit) => (holes ? at(holes, [d, gate * size + unit]) : 0),
  }
}

function activationsOf(spec: Spec, layer: Layer, d: number): Activation[] {
  const names = stringsOf(spec, "activations") ?? [...DEFAULTS[layer], ...DEFAULTS[layer]]
  const alphas = [...(floatsOf(spec, "activation_alpha") ?? [])]
  const betas = [...(floatsOf(spec, "activation_beta") ?? [])]
  const all = names.map((name): Activation => {
    const [alpha, beta, make] = ACTIVATIONS[name]
    const a = alpha === undefined ? 0 : (alphas.shift() ?? alpha)
    const b = beta === undefined ? 0 : (betas.shift() ?? beta)
    return (x) => make(x, a, b)
  })
  const count = DEFAULTS[layer].length
  return all.slice(d * count, (d + 1) * count)
}

type Step = (cell: Cell, b: number, t: number, h: number[], c: number[]) => [number[], number[]]

const STEPS: Readonly<Record<Layer, Step>> = {
  RNN: ({ input, state, clip, activations: [f], size }, b, t, h, c) => [
    range(size).map((u) => f(clip(input(b, t, 0, u) + state(h, 0, u)))),
    c,
  ],
  // Gates z, r, h.
  GRU: ({ spec, input, state, clip, activations: [f, g], size }, b, t, h, c) => {
    const gate = (at0: number) => range(size).map((u) => f(clip(input(b, t, at0, u) + state(h, at0, u))))
    const [z, r] = [gate(0), gate(1)]
    const reset = h.map((one, u) => r[u] * one)
    // The bias of the recurrence is inside of the reset only with linear_before_reset.
    const content = range(size).map((u) => {
      const after = intOf(spec, "linear_before_reset", 0) === 1
      return g(clip(input(b, t, 2, u) + (after ? r[u] * state(h, 2, u) : state(reset, 2, u))))
    })
    return [range(size).map((u) => (1 - z[u]) * content[u] + z[u] * h[u]), c]
  },
  // Gates i, o, f, c; peepholes i, o, f.
  LSTM: ({ spec, input, state, clip, peephole, activations: [f, g, k], size }, b, t, h, c) => {
    const open = (at0: number, hole: number, u: number, memory: number) =>
      f(clip(input(b, t, at0, u) + state(h, at0, u) + peephole(hole, u) * memory))
    const next = range(size).map((u) => {
      const i = open(0, 0, u, c[u])
      const kept = intOf(spec, "input_forget", 0) ? 1 - i : open(2, 2, u, c[u])
      return kept * c[u] + i * g(clip(input(b, t, 3, u) + state(h, 3, u)))
    })
    return [next.map((one, u) => open(1, 1, u, one) * k(one)), next]
  },
}
