import { elementsOf } from "../../../../src/engine/onnx/elements.ts"
import type { OnnxTensor } from "../../../../src/engine/onnx/graph.ts"
import { product } from "../../../../src/engine/program/view.ts"
import { between, floatsIn, listOf, onceIn, pick, solid } from "./draw.ts"
import { byteDifference, difference } from "./compare.ts"
import { runOurs } from "./engine.ts"
import { type Given, GraphMaker, unfused } from "./graph-maker.ts"
import type { Layer, Node } from "./layers/layer.ts"
import { runOnnx } from "./runtime.ts"
import { generator } from "./spec.ts"

/** Larger values of a network are not read by further layers. */
const MOST_ELEMENTS = 400

/** A network of 2 to 6 random layers, whose last values, and now and then others, are returned. */
export function drawNetwork(name: string, number: number, layers: readonly Layer[]): Given {
  const random = generator(name, number)
  const maker = new GraphMaker(pick(random, [20, 21, 22]))
  let values: Node[] = listOf(between(random, 1, 2), () => {
    const dims = solid(random, 2, 4, 4)
    return { name: maker.input(floatsIn(random, dims, -2, 2)), dims }
  })
  const layerCount = between(random, 2, 6)
  const last = new Set<string>()
  for (let made = 0, tries = 0; made < layerCount && tries < 50; tries++) {
    // The newest value more often than others.
    const x = onceIn(random, 3) ? pick(random, values) : values.at(-1)
    if (x.dims.length === 0) continue
    const results = pick(random, layers)({ random, maker, x, others: values })
    if (!results) continue
    made++
    const whole = maker.finish()
    const known = runOurs({ ...whole, graph: { ...whole.graph, outputs: results.map(output) } })
    values = [
      ...values,
      ...results.map((result) => ({ name: result, dims: known.get(result)!.dims })),
    ].filter(({ dims }) => product(dims) <= MOST_ELEMENTS)
    last.delete(x.name)
    for (const result of results) last.add(result)
    if (onceIn(random, 6)) maker.returned.add(results[0])
  }
  for (const result of last) maker.returned.add(result)
  return maker.finish()
}

const output = (name: string) => ({ name, elementType: undefined, shape: undefined })

/** @returns what differs if nothing is fused. */
export function fusingDifference(given: Given): string | undefined {
  return byteDifference(runOurs({ ...given, graph: unfused(given.graph) }), runOurs(given))
}

/** @returns what differs from onnxruntime by more than the roundings of some layers, of which the numbers are small. */
export async function runtimeDifference(given: Given): Promise<string | undefined> {
  const theirs = await runOnnx(given.graph, given.inputs)
  const size = Math.max(1, ...[...theirs.values()].map(magnitude))
  return difference(runOurs(given), theirs, { relative: 1e-3, absolute: 2e-4 * size })
}

const magnitude = (x: OnnxTensor): number =>
  [...elementsOf(x)].reduce<number>((most, one) => Math.max(most, Math.abs(Number(one))), 0)
