import type { OnnxTensor } from "../../../../src/engine/onnx/graph.ts"
import { CODES, type Random, float, floatsIn, int, list, pick, tensor } from "./draw.ts"
import type { GraphMaker } from "./graph-maker.ts"

/** What is known about a value of a graph. */
export type Known = Pick<OnnxTensor, "elementType" | "dims">

type Follower = (random: Random, maker: GraphMaker, name: string, known: Known) => string

const FLOATS: readonly Follower[] = [
  (_, maker, name) => maker.node("Neg", [name]),
  (_, maker, name) => maker.node("Relu", [name]),
  (_, maker, name) => maker.node("LeakyRelu", [name], { alpha: float(0.25) }),
  (_, maker, name) => maker.node("Mul", [name, maker.constant(tensor("float32", [], [0.75]))]),
  (random, maker, name, { dims }) => maker.node("Add", [name, maker.input(floatsIn(random, dims))]),
  (random, maker, name, { dims }) =>
    maker.node("Sub", [maker.input(floatsIn(random, dims.slice(dims.length >> 1))), name]),
]

const INTEGERS: readonly Follower[] = [
  (_, maker, name) => maker.node("Neg", [name]),
  (_, maker, name) => maker.node("Cast", [name], { to: int(CODES.bool) }),
  (_, maker, name, { elementType }) =>
    maker.node("Mul", [name, maker.constant(tensor(elementType as "int32", [], [3]))]),
]

const MOVERS: readonly Follower[] = [
  (_, maker, name) => maker.node("Transpose", [name]),
  (_, maker, name) => maker.node("Reshape", [name, maker.constant(list([-1]))]),
  (_, maker, name) => maker.node("Identity", [name]),
]

const toInt32: Follower = (_, maker, name) => maker.node("Cast", [name], { to: int(CODES.int32) })

/** Nodes behind a value: element-wise ones, which become part of its step, and views. @returns the name of the last. */
export function followed(random: Random, maker: GraphMaker, name: string, known: Known): string {
  switch (random() % 4) {
    case 0:
      return name
    case 1:
      return pick(random, MOVERS)(random, maker, name, known)
    default:
      return pick(random, fitting(known))(random, maker, name, known)
  }
}

function fitting({ elementType }: Known): readonly Follower[] {
  if (elementType === "float32") return FLOATS
  return elementType === "int32" || elementType === "int64" ? INTEGERS : [toInt32]
}
