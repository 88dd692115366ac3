import { OnusError } from "../protocol/errors.ts"

/** Values with the shape they were stored in. */
export interface Values {
  readonly values: Float32Array<ArrayBuffer>
  readonly shape: readonly number[]
}

const MAGIC = Buffer.from("\x93NUMPY", "latin1")

/**
 * Reads a NumPy file of little-endian float32 values in C order.
 *
 * @throws OnusError `InputFileMalformed`, `InputFileUnsupported`.
 */
export function readNpy(bytes: Buffer): Values {
  if (bytes.length < 12 || !bytes.subarray(0, 6).equals(MAGIC)) throw malformed("it does not begin as one")
  const wide = bytes[6] >= 2
  const start = wide ? 12 : 10
  const end = start + (wide ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8))
  const header = bytes.subarray(start, end).toString("latin1")
  const kind = /'descr':\s*'([^']*)'/.exec(header)?.[1]
  const dims = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1]
  if (kind === undefined || dims === undefined) throw malformed("its header has no type or shape")
  if (kind !== "<f4" || !/'fortran_order':\s*False/.test(header)) {
    throw new OnusError("InputFileUnsupported", `The NumPy file holds ${kind}; float32 in C order is read`, {
      hint: 'Save it with numpy.save(file, numpy.ascontiguousarray(array, dtype="<f4"))',
    })
  }
  const shape = dims.split(",").flatMap((size) => (size.trim() === "" ? [] : [Number(size)]))
  const count = shape.reduce((all, size) => all * size, 1)
  const data = bytes.subarray(end)
  if (data.length !== 4 * count) throw malformed(`its shape needs ${4 * count} bytes, it has ${data.length}`)
  return { values: new Float32Array(new Uint8Array(data).buffer), shape }
}

function malformed(why: string): OnusError {
  return new OnusError("InputFileMalformed", `This is not a whole NumPy file: ${why}`)
}
