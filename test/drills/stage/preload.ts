import { pathToFileURL } from "node:url"
import { join } from "node:path"

/** Variables with which a module of this folder is loaded into every thread of a node before the program. */
export const preload = (name: "mortal-threads" | "shifted-clock"): Readonly<Record<string, string>> => {
  const { href } = pathToFileURL(join(import.meta.dirname, `${name}.ts`))
  return { NODE_OPTIONS: [process.env.NODE_OPTIONS, `--import=${href}`].filter(Boolean).join(" ") }
}
