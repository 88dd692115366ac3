/** Bounds on what a model file may make the loader allocate. */
export interface OnnxLimits {
  /** Bytes of the file. */
  readonly fileBytes: number
  /** Protobuf fields of the file, which bounds the number of objects that decoding creates. */
  readonly fields: number
  readonly nodes: number
  /** Initializers and tensors inside attributes. */
  readonly tensors: number
  /** Bytes of all tensors once unpacked (packed integers can grow eightfold). */
  readonly tensorBytes: number
  /** Dimensions of one tensor. */
  readonly rank: number
}

/** Generous for models that one processor runs, small enough for a file from a stranger. */
export const ONNX_LIMITS: OnnxLimits = {
  fileBytes: 512 * 2 ** 20,
  fields: 2_000_000,
  nodes: 50_000,
  tensors: 50_000,
  tensorBytes: 1024 * 2 ** 20,
  rank: 32,
}
