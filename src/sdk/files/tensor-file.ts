import { extname } from "node:path"
import { OnusError } from "../../protocol/errors.ts"
import { digitFromPng } from "../../engine/image/digit-image.ts"
import { tensorOf } from "../../engine/onnx/elements.ts"
import type { OnnxInput, OnnxTensor } from "../../engine/onnx/graph.ts"
import { decodeTensorFile } from "../../engine/onnx/tensor-file.ts"
import { aboutFile, readFile } from "./read.ts"
import { readNpy } from "./npy.ts"
import { readJsonTensor } from "./tensor-file-json.ts"

/**
 * Reads a tensor that is meant for an input: a `.pb` file of one TensorProto, a `.npy` file, a `.json` array
 * or, for an input of 28 x 28 pixels, a `.png` picture of a digit. Its name is that of the input; its shape is
 * what the file says.
 *
 * @throws OnusError `FileUnreadable`, `InputFileMalformed`, `InputFileUnsupported`, `InputTypeMismatch`, and
 * what is wrong with the picture or the TensorProto.
 */
export function readTensorFile(path: string, input: OnnxInput): OnnxTensor {
  const bytes = readFile(path)
  const tensor = aboutFile(path, () => parse(extname(path).toLowerCase(), bytes, input))
  if (tensor.elementType === input.elementType) return { ...tensor, name: input.name }
  const message = `${path} holds ${tensor.elementType}; the input "${input.name}" is ${input.elementType}`
  throw new OnusError("InputTypeMismatch", message, { hint: "Convert the values before they are saved" })
}

function parse(kind: string, bytes: Buffer, input: OnnxInput): Omit<OnnxTensor, "name"> {
  if (kind === ".pb") return decodeTensorFile(bytes)
  if (kind === ".npy") return readNpy(bytes)
  if (kind === ".json") return readJsonTensor(bytes.toString(), input.elementType)
  if (kind === ".png") return readPicture(bytes, input)
  throw new OnusError("InputFileUnsupported", `This is no kind of file that is read`, {
    hint: "Give a .pb file of a TensorProto, a .npy file, a .json array or a .png picture",
  })
}

function readPicture(bytes: Buffer, { name, shape, elementType }: OnnxInput): OnnxTensor {
  const outer = shape.slice(0, -2).every((size) => size === 1 || typeof size === "string")
  if (elementType === "float32" && outer && shape.at(-2) === 28 && shape.at(-1) === 28) {
    const dims = shape.map((size) => (typeof size === "string" ? 1 : size))
    return tensorOf(name, "float32", dims, digitFromPng(bytes))
  }
  throw new OnusError("InputFileUnsupported", `The input "${name}" is no picture of 28 x 28 pixels`, {
    hint: "Pictures are prepared for digit models only: give the values as .pb, .npy or .json",
  })
}
