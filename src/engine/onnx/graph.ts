import type { ElementType } from "./element-type.ts"

/** A constant of a model: an initializer, or a tensor inside an attribute. */
export interface OnnxTensor {
  readonly name: string
  readonly elementType: ElementType
  /** Row-major extents; empty for a scalar. */
  readonly dims: readonly number[]
  /**
   * Elements in row-major order, little-endian, without padding. Wherever the file has them like that this
   * is a view of the file's bytes, at any alignment: read it through `elementsOf`, and do not write to it.
   */
  readonly data: Uint8Array
}

/** One extent of a shape: a size, or the name of a size that is only known at run time (`"?"` if unnamed). */
export type OnnxDim = number | string

/** A tensor that the caller of a model passes in. */
export interface OnnxInput {
  readonly name: string
  readonly elementType: ElementType
  readonly shape: readonly OnnxDim[]
}

/** A tensor that a model returns. Files may leave type and shape to inference. */
export interface OnnxOutput {
  readonly name: string
  readonly elementType: ElementType | undefined
  readonly shape: readonly OnnxDim[] | undefined
}

/** An attribute's value, tagged with its declared type. See `attributes.ts` for readers. */
export type OnnxAttribute =
  | { readonly type: "float"; readonly value: number }
  | { readonly type: "int"; readonly value: bigint }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "tensor"; readonly value: OnnxTensor }
  | { readonly type: "floats"; readonly value: readonly number[] }
  | { readonly type: "ints"; readonly value: readonly bigint[] }
  | { readonly type: "strings"; readonly value: readonly string[] }

/** One operator application. */
export interface OnnxNode {
  /**
   * The file's name for it, or `Conv#3` for the unnamed fourth node. What comes out of a function is named
   * after the call too: `block1/Conv#3`.
   */
  readonly name: string
  readonly opType: string
  /** Empty for the standard ONNX operators (`ai.onnx` is written as empty too). */
  readonly domain: string
  /** Tensor names; an empty name is an optional input left out. */
  readonly inputs: readonly string[]
  /** Tensor names; an empty name is an optional output left out. */
  readonly outputs: readonly string[]
  readonly attributes: ReadonlyMap<string, OnnxAttribute>
}

/**
 * An ONNX model as plain data: names resolved, constants as bytes, functions inlined, nodes in an executable
 * order.
 */
export interface OnnxGraph {
  readonly name: string
  /** Version of the standard operator set. */
  readonly opset: number
  readonly inputs: readonly OnnxInput[]
  readonly outputs: readonly OnnxOutput[]
  readonly initializers: ReadonlyMap<string, OnnxTensor>
  readonly nodes: readonly OnnxNode[]
}
