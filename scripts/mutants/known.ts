import { existsSync, readFileSync } from "node:fs"
import { z } from "zod"
import type { Mutant } from "./generate.ts"

/** A survivor that is no fault of the tests. */
export interface Known {
  readonly file: string
  /** Function or contract; any if missing. */
  readonly within?: string | undefined
  readonly original: string
  readonly mutated: string
  /** Why it is equivalent or harmless. */
  readonly reason: string
}

const SCHEMA = z.array(
  z.strictObject({
    file: z.string(),
    within: z.string().optional(),
    original: z.string(),
    mutated: z.string(),
    reason: z.string().min(10),
  }),
)

export function readKnown(path: string): Known[] {
  return existsSync(path) ? SCHEMA.parse(JSON.parse(readFileSync(path, "utf8"))) : []
}

/** Goes by the text of the lines, not by their number, which every change above them moves. */
export function matches(known: Known, mutant: Mutant): boolean {
  return (
    known.file === mutant.file &&
    (known.within === undefined || known.within === mutant.within) &&
    known.original === mutant.original &&
    known.mutated === mutant.mutated
  )
}

/** Entries that no possible mutant of their files matches. */
export function staleOf(known: readonly Known[], all: readonly Mutant[]): Known[] {
  return known.filter((entry) => !all.some((mutant) => matches(entry, mutant)))
}
