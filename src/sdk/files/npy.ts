import { OnusError } from "../../protocol/errors.ts"
import { type ElementType, widthOf } from "../../engine/onnx/element-type.ts"
import type { OnnxTensor } from "../../engine/onnx/graph.ts"

const MAGIC = Buffer.from("\x93NUMPY", "latin1")

/** NumPy's names of the types that inputs and outputs of programs have. */
const KINDS: ReadonlyMap<string, ElementType> = new Map([
  ["<f4", "float32"],
  ["|i1", "int8"],
  ["|u1", "uint8"],
  ["<i4", "int32"],
  ["<i8", "int64"],
  ["|b1", "bool"],
])

/** Headers fill up a multiple of so many bytes. */
const ALIGNMENT = 64

/**
 * Reads a NumPy file of an array in C order.
 *
 * @throws OnusError `InputFileMalformed`, `InputFileUnsupported`.
 */
export function readNpy(bytes: Uint8Array): Omit<OnnxTensor, "name"> {
  const { header, data } = split(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
  const kind = /'descr':\s*'([^']*)'/.exec(header)?.[1]
  const sizes = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1]
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1]
  if (kind === undefined || sizes === undefined || order === undefined) {
    throw malformed("its header has no type, shape or order")
  }
  const elementType = KINDS.get(kind)
  if (elementType === undefined) throw unsupported(`an array of ${kind}`, "Convert it with array.astype")
  if (order === "True") throw unsupported("an array in Fortran order", "Use numpy.ascontiguousarray(array)")
  const dims = sizes.split(",").flatMap((size) => (size.trim() === "" ? [] : [Number(size)]))
  const needed = dims.reduce((all, size) => all * size, widthOf(elementType))
  if (data.length !== needed) throw malformed(`its shape needs ${needed} bytes, it has ${data.length}`)
  if (elementType === "bool" && data.some((byte) => byte > 1)) throw malformed("a boolean is neither 0 nor 1")
  return { elementType, dims, data }
}

function split(bytes: Buffer): { header: string; data: Uint8Array } {
  if (bytes.length < 12 || !bytes.subarray(0, 6).equals(MAGIC)) throw malformed("it does not begin as one")
  const wide = bytes[6] >= 2
  const start = wide ? 12 : 10
  const end = start + (wide ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8))
  return { header: bytes.subarray(start, end).toString("latin1"), data: bytes.subarray(end) }
}

/** Writes a tensor as a NumPy file. @throws OnusError `OutputFileUnsupported`. */
export function writeNpy({ elementType, dims, data }: OnnxTensor): Uint8Array {
  const kind = [...KINDS].find(([, type]) => type === elementType)?.[0]
  if (kind === undefined) {
    throw new OnusError("OutputFileUnsupported", `Tensors of ${elementType} are not written as NumPy files`)
  }
  const shape = dims.length === 1 ? `${dims[0]},` : dims.join(", ")
  const text = `{'descr': '${kind}', 'fortran_order': False, 'shape': (${shape}), }`
  const length = Math.ceil((10 + text.length + 1) / ALIGNMENT) * ALIGNMENT
  const head = Buffer.from(`\x93NUMPY\x01\x00\x00\x00${text.padEnd(length - 11)}\n`, "latin1")
  head.writeUInt16LE(length - 10, 8)
  return Buffer.concat([head, data])
}

function unsupported(what: string, hint: string): OnusError {
  const message = `The NumPy file holds ${what}; ${[...KINDS.keys()].join(", ")} in C order are read`
  return new OnusError("InputFileUnsupported", message, { hint })
}

function malformed(why: string): OnusError {
  return new OnusError("InputFileMalformed", `This is not a whole NumPy file: ${why}`)
}
