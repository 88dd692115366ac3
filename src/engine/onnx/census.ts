import protobuf from "protobufjs/light.js"
import { OnusError } from "../../protocol/errors.ts"
import { malformed, tooLarge } from "./errors.ts"
import type { OnnxLimits } from "./limits.ts"

const WIRE_LENGTH_DELIMITED = 2

const WIRE_TYPES: Readonly<Record<string, number>> = protobuf.types.basic

/**
 * Walks the wire format of a file of one message without building anything, and refuses a file that decoding
 * would blow up: an empty node takes two bytes in the file but a hundred in memory. It also insists on the
 * declared wire type of every field, where the decoder would silently drop the field.
 *
 * The schema is not recursive, so neither depth nor time depends on anything but the file's length.
 */
export function takeCensus(bytes: Uint8Array, file: protobuf.Type, limits: OnnxLimits): void {
  if (bytes.length > limits.fileBytes) {
    throw tooLarge(`The file has ${bytes.length} bytes, more than ${limits.fileBytes}`)
  }
  const counts = new Map<protobuf.Type, number>()
  let fields = 0

  const spend = (amount: number) => {
    fields += amount
    if (fields > limits.fields) throw tooLarge(`The file has more than ${limits.fields} fields`)
  }

  const count = (type: protobuf.Type) => {
    const total = (counts.get(type) ?? 0) + 1
    counts.set(type, total)
    if (type.name === "NodeProto" && total > limits.nodes) {
      throw tooLarge(`The model has more than ${limits.nodes} nodes`)
    }
    if (type.name === "TensorProto" && total > limits.tensors) {
      throw tooLarge(`The model has more than ${limits.tensors} constant tensors`)
    }
  }

  const walk = (type: protobuf.Type, reader: protobuf.Reader, end: number) => {
    while (reader.pos < end) {
      spend(1)
      const tag = reader.uint32()
      const field = type.fieldsById[tag >>> 3]
      const wire = tag & 7
      if (tag >>> 3 === 0) throw malformed(`The file has a field numbered 0 in ${type.name}`)
      if (field === undefined) {
        reader.skipType(wire)
      } else if (field.resolvedType instanceof protobuf.Type) {
        requireWire(field, wire, WIRE_LENGTH_DELIMITED)
        count(field.resolvedType)
        walk(field.resolvedType, reader, extent(field, reader, end))
      } else if (wire === WIRE_LENGTH_DELIMITED && isPackable(field)) {
        const stop = extent(field, reader, end)
        spend(packedCount(field, reader.pos, stop, bytes))
        reader.pos = stop
      } else {
        requireWire(field, wire, WIRE_TYPES[field.type])
        if (wire === WIRE_LENGTH_DELIMITED) reader.pos = extent(field, reader, end)
        else reader.skipType(wire)
      }
    }
    if (reader.pos !== end) throw malformed(`The file has a field that overruns its ${type.name}`)
  }

  // A plain view, so that a Buffer does not select a reader with other habits.
  const reader = protobuf.Reader.create(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length))
  try {
    walk(file, reader, bytes.length)
  } catch (error) {
    if (error instanceof OnusError) throw error
    throw malformed("The file is cut off, or is not a protobuf file", error)
  }
}

function isPackable(field: protobuf.Field): boolean {
  return field.repeated && (field.type === "int64" || field.type === "float")
}

function packedCount(field: protobuf.Field, start: number, stop: number, bytes: Uint8Array): number {
  if (field.type === "float") return (stop - start) >>> 2
  let count = 0
  for (let at = start; at < stop; at++) if (bytes[at] < 0x80) count++
  return count
}

function requireWire(field: protobuf.Field, wire: number, expected: number): void {
  if (wire === expected) return
  throw malformed(`Field ${field.name} of ${field.parent?.name} has wire type ${wire} instead of ${expected}`)
}

/** Reads a length and returns where the content ends. */
function extent(field: protobuf.Field, reader: protobuf.Reader, end: number): number {
  const length = reader.uint32()
  if (length > end - reader.pos) {
    throw malformed(`Field ${field.name} of ${field.parent?.name} claims ${length} bytes past the end`)
  }
  return reader.pos + length
}
