import type { OnnxAttribute, OnnxTensor } from "../../../../src/engine/onnx/graph.ts"
import type { Random } from "../../../referee/float32-cases.ts"

export type Attributes = Readonly<Record<string, OnnxAttribute>>

/** One node with the tensors that it is given; an input that is left out is `undefined`. */
export interface Spec {
  readonly op: string
  readonly opset: number
  readonly inputs: readonly (OnnxTensor | undefined)[]
  readonly attributes?: Attributes
  /** How many outputs are written; 1 if it is left out. */
  readonly outputs?: number
  /** Outputs that ONNX has and that are not asked for. */
  readonly omitted?: readonly number[]
  /** False where onnxruntime is known to do something else than ONNX says. */
  readonly comparable?: boolean
  /** The largest relative difference of floats; 1e-4 if it is left out. */
  readonly relative?: number
  /** The largest absolute difference of floats; 1e-6 if it is left out. */
  readonly absolute?: number
}

/** Draws a node of one operator. */
export type MakeSpec = (random: Random) => Omit<Spec, "op">

/** What is drawn for each operator. */
export type Makers = Readonly<Record<string, MakeSpec>>

/** A generator for one case of many: cases do not depend on each other, and neighbours do not look alike. */
export function generator(name: string, number: number): Random {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(`${name}/${number}`)) hash = Math.imul(hash ^ byte, 0x01000193)
  let state = hash
  // The increments and the mixing of splitmix32.
  return () => {
    state = (state + 0x9e3779b9) | 0
    let word = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35)
    return (word ^ (word >>> 16)) >>> 0
  }
}
