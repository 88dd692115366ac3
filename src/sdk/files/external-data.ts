import { closeSync, openSync, readSync, realpathSync, statSync } from "node:fs"
import { dirname, isAbsolute, join, relative, sep } from "node:path"
import { OnusError } from "../../protocol/errors.ts"
import type { ExternalFiles } from "../../engine/onnx/external-data.ts"
import { ONNX_LIMITS } from "../../engine/onnx/limits.ts"

/** At most so many bytes are read at once, as the system wants it. */
const READ_STEP = 2 ** 30

/**
 * Reads the files that a model keeps its weights in. They must lie in the model's folder or below it, and no
 * link may lead out of there: a model from a stranger must not make other files part of an answer.
 *
 * @throws OnusError `ExternalPathRefused`, `FileUnreadable`, `OnnxTooLarge` (all together).
 */
export function externalFiles(model: string): ExternalFiles {
  const folder = dirname(model)
  let bytesLeft = ONNX_LIMITS.tensorBytes
  return (location) => {
    const path = join(folder, location)
    try {
      const file = realpathSync(path)
      requireInside(relative(realpathSync(folder), file), path)
      const info = statSync(file)
      if (!info.isFile()) throw new Error("it is no ordinary file")
      if (info.size > bytesLeft) {
        throw new OnusError("OnnxTooLarge", `${path} has ${info.size} bytes, more than the ${bytesLeft} left`)
      }
      bytesLeft -= info.size
      return readWhole(file, info.size)
    } catch (error) {
      if (error instanceof OnusError) throw error
      throw new OnusError("FileUnreadable", `${path}: ${(error as Error).message}`, {
        hint: "Put the files that belong to the model beside it",
        cause: error,
      })
    }
  }
}

function requireInside(way: string, path: string): void {
  if (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way)) return
  throw new OnusError("ExternalPathRefused", `${path} is a link out of the model's folder`, {
    hint: "Put the file itself beside the model",
  })
}

function readWhole(path: string, size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  const file = openSync(path, "r")
  try {
    for (let at = 0; at < size;) {
      const read = readSync(file, bytes, at, Math.min(size - at, READ_STEP), at)
      if (read === 0) throw new Error(`it ended after ${at} of ${size} bytes`)
      at += read
    }
    return bytes
  } finally {
    closeSync(file)
  }
}
