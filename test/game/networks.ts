import type { OnnxGraph } from "../../src/engine/onnx/graph.ts"
import { lower } from "../../src/engine/program/lower.ts"
import { sealProgram } from "../../src/engine/program/seal.ts"
import { inputsFor } from "../engine/program/graphs.ts"
import { convGraph, flattenGemmGraph, gemmGraph, softmaxGraph } from "../engine/program/random-graphs.ts"
import { network } from "../engine/program/small-network.ts"
import { between, pick, tameWords } from "../engine/program/words.ts"
import { randomNetwork } from "../engine/wasm/random-network.ts"
import type { Random } from "../referee/float32-cases.ts"
import type { Request } from "./lies.ts"

/** Few steps over small tensors: of matrices that also read outputs, or lowered from a graph. */
export function randomRequest(random: Random): Request {
  if (random() % 2 === 0) {
    const { program, inputs } = randomNetwork(random, between(random, 8, 20), between(random, 2, 5))
    return { program: sealProgram(program), inputs, random }
  }
  const words = tameWords(random)
  const make = pick(random, [() => network(), convGraph, gemmGraph, flattenGemmGraph, softmaxGraph])
  const graph: OnnxGraph = make(random, words)
  return { program: lower(graph), inputs: inputsFor(graph, words), random }
}
