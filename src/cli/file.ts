import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs"
import { OnusError } from "../protocol/errors.ts"
import type { OnnxGraph } from "../engine/onnx/graph.ts"
import { loadOnnx } from "../engine/onnx/load.ts"
import { type Bundle, decodeBundle } from "../sdk/bundle.ts"
import { externalFiles } from "./external-data.ts"

/** Reads a file. @throws OnusError `FileUnreadable`. */
export function readFile(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT"
    const message = missing ? `There is no file ${path}` : `${path}: ${(cause as Error).message}`
    throw new OnusError("FileUnreadable", message, {
      hint: "Check the path, which is relative to the current folder, and its permissions",
      cause,
    })
  }
}

/** Names the file in the errors of what reads its content. */
export function aboutFile<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof OnusError)) throw error
    const { code, message, hint } = error
    throw new OnusError(code, `${path}: ${message}`, {
      cause: error,
      ...(hint === undefined ? {} : { hint }),
    })
  }
}

/** Reads an ONNX file and the files beside it that hold its weights. */
export function readGraph(path: string): OnnxGraph {
  return loadOnnx(readFile(path), { external: externalFiles(path) })
}

/** Reads a bundle; the error names the file. */
export function readBundle(path: string): Bundle {
  const text = readFile(path).toString()
  return aboutFile(path, () => decodeBundle(text))
}

/** @throws OnusError `FileExists`: an answer is evidence and is not overwritten. */
export function requireAbsent(path: string): void {
  if (!existsSync(path)) return
  throw new OnusError("FileExists", `${path} exists already`, {
    hint: "Choose another file, or move this one away: it may be evidence",
  })
}

/**
 * A file that appears at its path whole or not at all, also after a crash: it is written beside it first.
 *
 * @throws OnusError `FileNotWritten` from every step.
 */
export class NewFile {
  readonly #path: string
  readonly #temporary: string
  readonly #file: number
  #open = true

  constructor(path: string) {
    this.#path = path
    this.#temporary = `${path}.${process.pid}.tmp`
    this.#file = this.#step(() => openSync(this.#temporary, "wx"))
  }

  /** Takes the room for so many bytes on the disk, so that the disk cannot be full later. */
  reserve(bytes: number): void {
    const zeros = Buffer.alloc(Math.min(bytes, 2 ** 20))
    this.#step(() => {
      for (let at = 0; at < bytes;)
        at += writeSync(this.#file, zeros, 0, Math.min(zeros.length, bytes - at), at)
      fsyncSync(this.#file)
    })
  }

  /** Writes the content and moves the file to its path, over the one that may be there. */
  publish(content: string | Uint8Array): void {
    const bytes = typeof content === "string" ? Buffer.from(content) : content
    this.#step(() => {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at, undefined, at)
      ftruncateSync(this.#file, bytes.length)
      fsyncSync(this.#file)
      this.#close()
      renameSync(this.#temporary, this.#path)
    })
  }

  /** Removes what was not published. */
  discard(): void {
    this.#close()
    rmSync(this.#temporary, { force: true })
  }

  #close(): void {
    if (this.#open) closeSync(this.#file)
    this.#open = false
  }

  #step<T>(act: () => T): T {
    try {
      return act()
    } catch (cause) {
      throw new OnusError("FileNotWritten", `${this.#path}: ${(cause as Error).message}`, {
        hint: "Check that its folder is there and may be written, and that the disk has room",
        cause,
      })
    }
  }
}

/** Replaces a file: after a crash there is the old content or the new one, never a part of it. */
export function writeAtomically(path: string, content: string | Uint8Array): void {
  const file = new NewFile(path)
  try {
    file.publish(content)
  } catch (error) {
    file.discard()
    throw error
  }
}
