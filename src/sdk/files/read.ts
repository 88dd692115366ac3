import { readFileSync } from "node:fs"
import { OnusError } from "../../protocol/errors.ts"

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
