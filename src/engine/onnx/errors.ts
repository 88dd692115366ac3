import { OnusError } from "../../protocol/errors.ts"

/** The file breaks the format, or contradicts itself. */
export function malformed(message: string, cause?: unknown): OnusError {
  return new OnusError("OnnxMalformed", message, {
    hint: "Check the file with onnx.checker and export it again",
    ...(cause === undefined ? {} : { cause }),
  })
}

/** The file is larger than the loader's limits. */
export function tooLarge(message: string): OnusError {
  return new OnusError("OnnxTooLarge", message, { hint: "Pass wider limits if the file can be trusted" })
}

/** A tensor has an element type that is not read. */
export function typeUnsupported(message: string): OnusError {
  return new OnusError("OnnxTypeUnsupported", message, {
    hint: "Convert it to float32, a plain integer type or bool",
  })
}

/** Shortens a name from the file. A hostile name may be megabytes long. */
export function clip(name: string): string {
  return name.length > 80 ? `${name.slice(0, 77)}...` : name
}

/** Quotes a name from the file, shortened. */
export function quote(name: string): string {
  return JSON.stringify(clip(name))
}
