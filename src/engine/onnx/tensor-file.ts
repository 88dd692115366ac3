import { takeCensus } from "./census.ts"
import { TensorDecoder } from "./decode-tensor.ts"
import { encodeFile, encodeTensor } from "./encode-tensor.ts"
import { quote } from "./errors.ts"
import type { OnnxTensor } from "./graph.ts"
import { ONNX_LIMITS, type OnnxLimits } from "./limits.ts"
import { decodeTensor } from "./message.ts"
import { TensorProto } from "./schema.ts"

/**
 * Reads a file of one ONNX `TensorProto`, as `onnx.save_tensor` writes it. The data of the tensor is a view of
 * `bytes` wherever possible.
 *
 * @throws {OnusError} OnnxMalformed, OnnxTooLarge, OnnxTypeUnsupported, OnnxExternalDataMissing.
 *
 * @example
 * const { dims, elementType } = decodeTensorFile(await readFile("input_0.pb"))
 */
export function decodeTensorFile(bytes: Uint8Array, limits: OnnxLimits = ONNX_LIMITS): OnnxTensor {
  takeCensus(bytes, TensorProto, limits)
  const message = decodeTensor(bytes)
  return new TensorDecoder(limits).decode(message, `tensor ${quote(message.name)}`)
}

/**
 * Writes a tensor as a file of one ONNX `TensorProto` with raw data; the same tensor gives the same bytes.
 *
 * @throws {OnusError} OnnxMalformed if shape and data contradict each other.
 */
export function encodeTensorFile(tensor: OnnxTensor): Uint8Array<ArrayBuffer> {
  return encodeFile(TensorProto, encodeTensor(tensor))
}
