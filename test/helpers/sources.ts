import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"

const CLIENTS = join(import.meta.dirname, "..", "..", "src", "cli", "typed-clients.mjs")

/** Arguments with which Node runs a module of this project as it is, in a third of the time that a compiler takes to come up. */
export const SOURCES = ["--import", pathToFileURL(CLIENTS).href] as const

/** Variables that keep compiled code between such runs, as the CLI does by itself. */
export const COMPILED = { NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache") } as const
