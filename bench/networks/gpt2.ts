import type { OnnxGraph } from "../../src/engine/onnx/graph.ts"
import { GraphWriter, f } from "./graph.ts"

const [LAYERS, WIDTH, HEADS, VOCABULARY, POSITIONS] = [12, 768, 12, 50257, 1024]
const HEAD = WIDTH / HEADS

/** What GPT-2 is asked: how many new tokens, and how many are in the cache already. */
export interface Gpt2Shape {
  readonly tokens: number
  readonly past: number
}

/**
 * The shape of GPT-2 small (Radford et al. 2019): 12 layers of 768, 124 M parameters, with a cache of keys and
 * values; causal among the new tokens. It returns the logits of the last token and the longer cache.
 */
export function gpt2({ tokens, past }: Gpt2Shape, seed = 124): OnnxGraph {
  const g = new GraphWriter(seed)
  const ids = g.input("input_ids", "int64", [1, tokens])
  const positions = g.int64s(Array.from({ length: tokens }, (_, i) => past + i))
  const wte = g.weights([VOCABULARY, WIDTH], 0.05)
  const wpe = g.weights([POSITIONS, WIDTH], 0.02)
  let x = g.node("Add", [g.node("Gather", [wte, ids]), g.node("Gather", [wpe, positions])])
  const mask = tokens > 1 ? causalMask(g, tokens, past) : undefined
  const cache: string[] = []
  for (let layer = 0; layer < LAYERS; layer++) {
    const [y, k, v] = attention(g, norm(g, x), layer, { tokens, past }, mask)
    cache.push(k, v)
    x = g.node("Add", [x, y])
    x = g.node("Add", [x, feedForward(g, norm(g, x))])
  }
  x = norm(g, x)
  const last =
    tokens > 1 ? g.node("Slice", [x, g.int64s([tokens - 1]), g.int64s([tokens]), g.int64s([1])]) : x
  const logits = g.node("MatMul", [last, g.node("Transpose", [wte], { perm: [1, 0] })])
  return g.graph(`gpt2_${tokens}_${past}`, [logits, ...cache])
}

function norm(g: GraphWriter, x: string): string {
  const [scale, bias] = [g.between([WIDTH], 0.8, 1.2), g.between([WIDTH], -0.1, 0.1)]
  return g.node("LayerNormalization", [x, scale, bias], { axis: -1, epsilon: f(1e-5) })
}

function linear(g: GraphWriter, x: string, inside: number, outside: number): string {
  const w = g.weights([inside, outside], Math.sqrt(1 / inside))
  return g.node("Add", [g.node("MatMul", [x, w]), g.between([outside], -0.1, 0.1)])
}

function attention(
  g: GraphWriter,
  x: string,
  layer: number,
  { tokens, past }: Gpt2Shape,
  mask: string | undefined,
): [string, string, string] {
  const qkv = g.nodes("Split", [linear(g, x, WIDTH, 3 * WIDTH)], 3, { axis: -1 })
  const heads = g.int64s([1, tokens, HEADS, HEAD])
  const [q, newK, newV] = qkv.map((one) =>
    g.node("Transpose", [g.node("Reshape", [one, heads])], { perm: [0, 2, 1, 3] }),
  )
  const joined = (name: string, fresh: string) => {
    if (past === 0) return fresh
    const old = g.input(`past_${name}_${layer}`, "float32", [1, HEADS, past, HEAD])
    return g.node("Concat", [old, fresh], { axis: 2 })
  }
  const [k, v] = [joined("key", newK), joined("value", newV)]
  const scores = g.node("MatMul", [q, g.node("Transpose", [k], { perm: [0, 1, 3, 2] })])
  let scaled = g.node("Mul", [scores, g.floats([], Float32Array.of(1 / Math.sqrt(HEAD)))])
  if (mask) scaled = g.node("Add", [scaled, mask])
  const weighted = g.node("MatMul", [g.node("Softmax", [scaled], { axis: -1 }), v])
  const merged = g.node("Reshape", [
    g.node("Transpose", [weighted], { perm: [0, 2, 1, 3] }),
    g.int64s([1, tokens, WIDTH]),
  ])
  return [linear(g, merged, WIDTH, WIDTH), k, v]
}

/** The activation written out as exporters do: 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))). */
function feedForward(g: GraphWriter, x: string): string {
  const number = (value: number) => g.floats([], Float32Array.of(value))
  const h = linear(g, x, WIDTH, 4 * WIDTH)
  const cube = g.node("Pow", [h, number(3)])
  const inner = g.node("Add", [h, g.node("Mul", [cube, number(0.044715)])])
  const t = g.node("Tanh", [g.node("Mul", [inner, number(Math.sqrt(2 / Math.PI))])])
  const y = g.node("Mul", [g.node("Mul", [h, number(0.5)]), g.node("Add", [t, number(1)])])
  return linear(g, y, 4 * WIDTH, WIDTH)
}

function causalMask(g: GraphWriter, tokens: number, past: number): string {
  const width = past + tokens
  const values = Float32Array.from({ length: tokens * width }, (_, i) =>
    (i % width) - past > Math.floor(i / width) ? -1e4 : 0,
  )
  return g.floats([tokens, width], values)
}
