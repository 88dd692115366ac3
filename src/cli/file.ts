import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs"
import { OnusError } from "../protocol/errors.ts"
import { type Bundle, decodeBundle } from "../sdk/bundle.ts"
import { aboutFile, readFile } from "../sdk/files/read.ts"

export { aboutFile, readFile } from "../sdk/files/read.ts"
export { readGraph } from "../sdk/files/model.ts"

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
