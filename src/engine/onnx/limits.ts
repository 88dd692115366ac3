/** Bounds on what a model file may make the loader allocate. */
export interface OnnxLimits {
  /** Bytes of the file, without external data. */
  readonly fileBytes: number
  /**
   * Protobuf fields of the file, which bounds the number of objects that decoding creates; and inputs,
   * outputs and attributes of the nodes that inlining functions makes.
   */
  readonly fields: number
  /** Nodes in the file, and nodes once functions are inlined. */
  readonly nodes: number
  /** Initializers and tensors inside attributes. */
  readonly tensors: number
  /** Bytes of all tensors once unpacked (packed integers can grow eightfold), external data included. */
  readonly tensorBytes: number
  /** Dimensions of one tensor. */
  readonly rank: number
}

/**
 * Generous for models that one processor runs. Memory stays near the size of the files themselves, as the
 * largest tensors are views of them; protobuf files end below 2 GiB.
 */
export const ONNX_LIMITS: OnnxLimits = {
  fileBytes: 2 ** 31 - 1,
  fields: 2_000_000,
  nodes: 50_000,
  tensors: 50_000,
  tensorBytes: 2 ** 32,
  rank: 32,
}
