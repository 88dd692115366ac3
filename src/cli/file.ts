import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs"
import { OnusError } from "../protocol/errors.ts"
import { loadOnnx } from "../engine/onnx/load.ts"
import { lower } from "../engine/program/lower.ts"
import type { Program } from "../engine/program/program.ts"
import { type Bundle, decodeBundle } from "../sdk/bundle.ts"

/** Reads a file. @throws OnusError `FileUnreadable`. */
export function readFile(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT"
    const message = missing ? `There is no file ${path}` : `${path}: ${(cause as Error).message}`
    throw new OnusError("FileUnreadable", message, { cause })
  }
}

/** Reads and lowers an ONNX file. */
export const readModel = (path: string): Program => lower(loadOnnx(readFile(path)))

/** Reads a bundle; the error names the file. */
export function readBundle(path: string): Bundle {
  const text = readFile(path).toString()
  try {
    return decodeBundle(text)
  } catch (error) {
    if (!(error instanceof OnusError)) throw error
    throw new OnusError(error.code, `${path}: ${error.message}`, { cause: error })
  }
}

/** @throws OnusError `FileExists`: an answer is evidence and is not overwritten. */
export function requireAbsent(path: string): void {
  if (!existsSync(path)) return
  throw new OnusError("FileExists", `${path} exists already`, {
    hint: "Choose another file, or move the old answer away: it may be evidence",
  })
}

/** Writes a file so that after a crash there is the old content or the new one, never a part of it. */
export function writeAtomically(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    const file = openSync(temporary, "wx")
    try {
      const bytes = Buffer.from(text)
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
  } catch (cause) {
    rmSync(temporary, { force: true })
    throw new OnusError("FileNotWritten", `${path}: ${(cause as Error).message}`, { cause })
  }
}
