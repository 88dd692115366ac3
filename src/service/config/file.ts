import { existsSync } from "node:fs"
import { readFile, stat } from "node:fs/promises"
import { homedir } from "node:os"
import { join, resolve } from "node:path"
import { TomlError, parse } from "smol-toml"
import { OnusError } from "../../protocol/errors.ts"
import type { Format } from "./format.ts"

/** Nobody writes a longer one by hand. */
const LARGEST = 2 ** 20

/**
 * Finds the file: the one that is named, or else the first that exists of `./onus.toml` and `$XDG_CONFIG_HOME/onus/onus.toml`, or
 * what it is called there.
 *
 * @returns its absolute path.
 * @throws OnusError `ConfigMissing`.
 */
export function findConfig(
  { file, variable, init }: Pick<Format<unknown>, "file" | "variable" | "init">,
  named: string | undefined,
  environment: NodeJS.ProcessEnv,
): string {
  const given = named ?? filled(environment[variable])
  const home = filled(environment.XDG_CONFIG_HOME) ?? join(homedir(), ".config")
  const places = given === undefined ? [file, join(home, "onus", file)] : [given]
  const found = places.find(existsSync)
  if (found !== undefined) return resolve(found)
  throw new OnusError("ConfigMissing", `There is no configuration at ${places.join(" nor at ")}`, {
    hint: `Write one with \`${init}\`, or name it with --config or ${variable}`,
  })
}

/** A variable that is set to nothing is none. */
const filled = (variable: string | undefined) => (variable === "" ? undefined : variable)

/**
 * Reads the file as TOML.
 *
 * @throws OnusError `ConfigUnreadable`, `ConfigMalformed` with the place.
 */
export async function readConfig(path: string): Promise<Record<string, unknown>> {
  const text = await readText(path)
  try {
    return parse(text, { unsafeKeyBehaviour: "throw", maxDepth: 20 })
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    // The rest of the message shows the line itself, and there may be a password in it.
    const [reason] = error.message.split("\n")
    const message = `${path}:${error.line}:${error.column} is not TOML: ${reason.replace(/^.*?: /, "")}`
    throw new OnusError("ConfigMalformed", message, {
      hint: 'Text and amounts stand in quotes, such as "10"',
    })
  }
}

async function readText(path: string): Promise<string> {
  try {
    if ((await stat(path)).size <= LARGEST) return await readFile(path, "utf8")
  } catch (cause) {
    throw new OnusError("ConfigUnreadable", `${path} cannot be read: ${(cause as Error).message}`, { cause })
  }
  throw new OnusError("ConfigUnreadable", `${path} is larger than ${LARGEST} bytes: it is no configuration`)
}
