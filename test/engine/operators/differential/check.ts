import { elementsOf } from "../../../../src/engine/onnx/elements.ts"
import type { OnnxTensor } from "../../../../src/engine/onnx/graph.ts"
import { OnusError } from "../../../../src/protocol/errors.ts"
import type { TypeName } from "../elementwise-run.ts"
import { byteDifference, difference } from "./compare.ts"
import { onceIn, tensor } from "./draw.ts"
import { runOurs } from "./engine.ts"
import { followed } from "./follow.ts"
import { type Given, GraphMaker, unfused } from "./graph-maker.ts"
import { Refused, type Tensors, runOnnx } from "./runtime.ts"
import { type MakeSpec, type Spec, generator } from "./spec.ts"
import { sourceOf } from "./surround.ts"

/** How a case ended. */
export interface Outcome {
  readonly kind: "same" | "different" | "refused" | "no kernel"
  readonly detail: string
}

/** Gives the right outputs of a node where onnxruntime has no kernel. */
export type Reference = (spec: Spec) => readonly OnnxTensor[]

/** A node by itself. */
function plain(spec: Spec): Given {
  const maker = new GraphMaker(spec.opset)
  const inputs = spec.inputs.map((x) => (x ? maker.input(x) : ""))
  returnAll(maker, outputsOf(maker, spec, inputs))
  return maker.finish()
}

function outputsOf(maker: GraphMaker, spec: Spec, inputs: readonly string[]): string[] {
  return maker.nodes(spec.op, inputs, spec.attributes ?? {}, spec.outputs ?? 1, spec.omitted)
}

function returnAll(maker: GraphMaker, names: readonly string[]): void {
  for (const name of names) if (name !== "") maker.returned.add(name)
}

/** A node whose inputs are made by other nodes, and whose outputs are read by others. */
function surrounded(spec: Spec, results: readonly OnnxTensor[], name: string, number: number): Given {
  const random = generator(`around ${name}`, number)
  const maker = new GraphMaker(spec.opset)
  const inputs = spec.inputs.map((x) => (x ? sourceOf(random, maker, x, 2) : ""))
  const outputs = outputsOf(maker, spec, inputs).filter((output) => output !== "")
  outputs.forEach((output, i) => {
    maker.returned.add(followed(random, maker, output, results[i]))
    if (onceIn(random, 6)) maker.returned.add(output)
  })
  return maker.finish()
}

/**
 * Draws case `number` of an operator and runs it: even ones by themselves, odd ones among other nodes.
 *
 * @returns `refused` if it cannot be lowered, `no kernel` if nothing says what is right.
 */
export async function check(
  op: string,
  make: MakeSpec,
  number: number,
  reference?: Reference,
): Promise<Outcome> {
  const spec: Spec = { op, ...make(generator(op, number)) }
  const tolerance = { relative: spec.relative ?? 1e-4, absolute: spec.absolute ?? 1e-6 }
  const alone = plain(spec)
  try {
    const results = runOurs(alone)
    if (reference) {
      const names = [...results.keys()]
      const wanted = new Map(reference(spec).map((one, i) => [names[i], one]))
      const problem = difference(results, wanted, tolerance)
      if (problem) return { kind: "different", detail: `by reference, ${problem}` }
    }
    const given = number % 2 === 0 ? alone : surrounded(spec, [...results.values()], op, number)
    const ours = given === alone ? results : runOurs(given)
    const moved = byteDifference(runOurs({ ...given, graph: unfused(given.graph) }), ours)
    if (moved) return { kind: "different", detail: `unfused, ${moved}` }
    if (spec.comparable === false) return outcome(undefined)
    return outcome(difference(ours, await runOnnx(given.graph, given.inputs), tolerance))
  } catch (error) {
    if (error instanceof OnusError) return { kind: "refused", detail: error.message }
    if (!(error instanceof Refused)) throw error
    return reference ? outcome(undefined) : await widelyChecked(alone, error, tolerance)
  }
}

const outcome = (detail: string | undefined): Outcome => ({
  kind: detail ? "different" : "same",
  detail: detail ?? "",
})

/** Compares with what onnxruntime makes of wider integers, in the types for which it has no kernel. */
async function widelyChecked(given: Given, cause: Refused, tolerance: Parameters<typeof difference>[2]) {
  const ours = runOurs(given)
  const inputs = new Map([...given.inputs].map(([name, x]) => [name, widened(x)]))
  const types = given.graph.inputs.map((input) => ({
    ...input,
    elementType: inputs.get(input.name)!.elementType,
  }))
  try {
    const theirs = await runOnnx({ ...given.graph, inputs: types }, inputs)
    return outcome(difference(ours, narrowedLike(ours, theirs), tolerance))
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { kind: "no kernel", detail: cause.message } as const
  }
}

function widened(x: OnnxTensor): OnnxTensor {
  const isNarrow = ["int8", "uint8"].includes(x.elementType)
  return isNarrow ? tensor("int32", x.dims, [...elementsOf(x)]) : x
}

/** Results in the types of others: integers keep their low bits. */
function narrowedLike(ours: Tensors, theirs: Tensors): Tensors {
  return new Map(
    [...theirs].map(([name, x]) => {
      const type = ours.get(name)!.elementType as TypeName
      return [name, type === x.elementType ? x : tensor(type, x.dims, [...elementsOf(x)])]
    }),
  )
}
