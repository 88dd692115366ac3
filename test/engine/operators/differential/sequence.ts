import type { OnnxTensor } from "../../../../src/engine/onnx/graph.ts"
import {
  type Random,
  anyTensor,
  between,
  float,
  floats,
  floatsIn,
  int,
  list,
  listOf,
  onceIn,
  pick,
  some,
  string,
  strings,
  tensor,
} from "./draw.ts"
import { ACTIVATION_NAMES, takesAlpha, takesBeta } from "./reference/recurrent.ts"
import type { Attributes, MakeSpec, Makers } from "./spec.ts"

const tame = (random: Random, dims: readonly number[]) => floatsIn(random, dims, -1, 1)
const maybe = (random: Random, make: () => OnnxTensor) => (onceIn(random, 2) ? make() : undefined)

/** Activations with all of their parameters. */
function activations(random: Random, count: number): Attributes {
  if (onceIn(random, 2)) return {}
  const names = listOf(count, () => pick(random, ACTIVATION_NAMES))
  const numbers = (takes: (name: string) => boolean) =>
    names.filter(takes).map(() => between(random, 1, 12) / 8)
  const [alpha, beta] = [numbers(takesAlpha), numbers(takesBeta)]
  return {
    activations: strings(names),
    ...(alpha.length > 0 ? { activation_alpha: floats(alpha) } : {}),
    ...(beta.length > 0 ? { activation_beta: floats(beta) } : {}),
  }
}

/** A recurrent layer; how many functions it has for each direction. */
const recurrent =
  (gates: number, functions: number, extra: (random: Random) => Attributes = () => ({})): MakeSpec =>
  (random) => {
    const direction = pick(random, ["forward", "reverse", "bidirectional"])
    const directions = direction === "bidirectional" ? 2 : 1
    const opset = pick(random, [7, 14, 22])
    const isBatchFirst = opset >= 14 && onceIn(random, 3)
    const [times, batch, inputs, size] = [
      between(random, 1, 4),
      between(random, 1, 3),
      between(random, 1, 4),
      between(random, 1, 4),
    ]
    const state = () => tame(random, isBatchFirst ? [batch, directions, size] : [directions, batch, size])
    const isLstm = gates === 4
    const count = onceIn(random, 3) ? between(random, 1, 2 + Number(isLstm)) : 2 + Number(isLstm)
    return {
      opset,
      outputs: count,
      omitted: count > 1 && onceIn(random, 4) ? [random() % (count - 1)] : [],
      inputs: [
        tame(random, isBatchFirst ? [batch, times, inputs] : [times, batch, inputs]),
        tame(random, [directions, gates * size, inputs]),
        tame(random, [directions, gates * size, size]),
        maybe(random, () => tame(random, [directions, 2 * gates * size])),
        maybe(random, () =>
          list(
            listOf(batch, () => between(random, 1, times)),
            "int32",
          ),
        ),
        maybe(random, state),
        ...(isLstm ? [maybe(random, state), maybe(random, () => tame(random, [directions, 3 * size]))] : []),
      ],
      attributes: {
        hidden_size: int(size),
        ...(direction === "forward" ? {} : { direction: string(direction) }),
        ...(isBatchFirst ? { layout: int(1) } : {}),
        ...activations(random, functions * directions),
        ...(onceIn(random, 4) ? { clip: float(between(random, 1, 8) / 8) } : {}),
        ...extra(random),
      },
      absolute: 1e-5,
    }
  }

/** The axes of a mask that broadcasts to [batch, heads, length, total], whose last one may be shorter. */
function maskDims(
  random: Random,
  [batch, heads, length, total]: readonly number[],
  isShort: boolean,
): number[] {
  const columns = isShort ? between(random, 1, total) : total
  return pick(random, [
    [length, columns],
    [1, 1, length, columns],
    [batch, 1, length, columns],
    [batch, heads, length, columns],
    [heads, length, columns],
    [1, heads, 1, columns],
  ])
}

const attention: MakeSpec = (random) => {
  const opset = pick(random, [23, 24])
  const isFlat = onceIn(random, 2)
  const [batch, shared, length, fresh] = listOf(4, () => between(random, 1, 3))
  const heads = shared * between(random, 1, 3)
  const [features, values] = [between(random, 1, 4), between(random, 1, 4)]
  const past = onceIn(random, 3) ? between(random, 1, 3) : 0
  const total = past + fresh
  const hasEnds = opset === 24 && past === 0 && onceIn(random, 3)
  const side = (count: number, size: number, width: number) =>
    tame(random, isFlat ? [batch, size, count * width] : [batch, count, size, width])
  const mask = () => {
    const dims = maskDims(random, [batch, heads, length, total], opset === 24 && onceIn(random, 4))
    return anyTensor(random, pick(random, ["float32", "bool"]), dims)
  }
  // Causal queries are the last ones of the keys that count.
  const isCausal = onceIn(random, 3)
  const ends = () => list(listOf(batch, () => between(random, isCausal ? Math.min(length, fresh) : 1, fresh)))
  const old =
    past > 0
      ? [tame(random, [batch, shared, past, features]), tame(random, [batch, shared, past, values])]
      : [undefined, undefined]
  const given = maybe(random, mask)
  const outputs = past > 0 ? between(random, 3, 4) : pick(random, [1, 1, 4])
  const inputs = [
    side(heads, length, features),
    side(shared, fresh, features),
    side(shared, fresh, values),
    given,
    ...old,
  ]
  // onnxruntime lets a single query look everywhere, and hides with the lowest number instead of an infinity.
  const hides = isCausal || hasEnds || given?.elementType === "bool" || given?.dims.at(-1) !== total
  const comparable = !(isCausal && length === 1) && !(outputs === 4 && hides)
  return {
    opset,
    outputs,
    comparable,
    inputs: hasEnds ? [...inputs, ends()] : inputs,
    attributes: {
      ...(isFlat ? { q_num_heads: int(heads), kv_num_heads: int(shared) } : {}),
      ...(isCausal ? { is_causal: int(1) } : {}),
      ...(onceIn(random, 3) ? { scale: float(between(random, 1, 8) / 8) } : {}),
      ...(onceIn(random, 3) ? { softcap: float(between(random, 1, 4)) } : {}),
      ...(outputs === 4 ? some(random, { qk_matmul_output_mode: int(random() % 4) }) : {}),
      ...some(random, { softmax_precision: int(1) }),
    },
    absolute: 1e-5,
  }
}

const rotary: MakeSpec = (random) => {
  const isFlat = onceIn(random, 2)
  const [batch, length, heads] = listOf(3, () => between(random, 1, 3))
  const features = 2 * between(random, 1, 4)
  const turned = onceIn(random, 2) ? features : 2 * between(random, 1, features / 2)
  const most = between(random, length, 6)
  const places = maybe(random, () =>
    tensor(
      "int64",
      [batch, length],
      listOf(batch * length, () => random() % most),
    ),
  )
  const dims = places ? [most, turned / 2] : [batch, length, turned / 2]
  return {
    opset: 23,
    inputs: [
      tame(random, isFlat ? [batch, length, heads * features] : [batch, heads, length, features]),
      tame(random, dims),
      tame(random, dims),
      ...(places ? [places] : []),
    ],
    attributes: {
      ...(isFlat ? { num_heads: int(heads) } : {}),
      ...(turned < features ? { rotary_embedding_dim: int(turned) } : {}),
      ...some(random, { interleaved: int(random() % 2) }),
    },
  }
}

const flag = (name: string) => (random: Random) => some(random, { [name]: int(random() % 2) })

/** Recurrent layers and attention. */
export const SEQUENCE_MAKERS: Makers = {
  Attention: attention,
  GRU: recurrent(3, 2, flag("linear_before_reset")),
  LSTM: recurrent(4, 3, flag("input_forget")),
  RNN: recurrent(1, 1),
  RotaryEmbedding: rotary,
}
