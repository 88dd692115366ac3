import type { OnnxTensor } from "../../../../../src/engine/onnx/graph.ts"
import {
  anyTensor,
  between,
  float,
  floatsIn,
  int,
  list,
  listOf,
  onceIn,
  pick,
  some,
  tensor,
  type Random,
} from "../draw.ts"
import type { MakeSpec, Makers } from "../spec.ts"

const tame = (random: Random, dims: readonly number[]) => floatsIn(random, dims, -1, 1)

const maybe = (random: Random, make: () => OnnxTensor) => (onceIn(random, 2) ? make() : undefined)

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

/** Attention. */
export const ATTENTION_MAKERS: Makers = {
  Attention: attention,
  RotaryEmbedding: rotary,
}
