import { readFile, rename, writeFile } from "node:fs/promises"
import { z } from "zod"

/** How far a journal had come, and which run of the node said so. */
export interface Mark {
  /** Names one run of the node. */
  readonly run: string
  /** Number of the claim that was made last; 0 before the first. */
  readonly claims: number
}

const MARK = z.object({ run: z.string().min(1), claims: z.int().min(0) })

/**
 * Reads a mark.
 *
 * @returns undefined if there is none.
 * @throws Error that says why it cannot be read: also a mark that the end of a machine has left empty.
 */
export async function readMark(path: string): Promise<Mark | undefined> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined
    throw error
  })
  return text === undefined ? undefined : MARK.parse(JSON.parse(text))
}

/** Replaces a mark, by all of it or nothing. Does not wait for the disk: an older mark is right as well, only weaker. */
export async function writeMark(path: string, mark: Mark): Promise<void> {
  const draft = `${path}.new`
  await writeFile(draft, `${JSON.stringify(mark)}\n`, { mode: 0o600 })
  await rename(draft, path)
}
