import { copyFileSync, readFileSync } from "node:fs"
import { basename, dirname, join, relative, sep } from "node:path"
import { fileURLToPath } from "node:url"
import { type Plugin, build } from "esbuild"

const ROOT = fileURLToPath(new URL("../..", import.meta.url))

/** A file that belongs to a module: a thread's module, or data. */
const NEIGHBOUR = /new URL\("(\.[^"]+)", import\.meta\.url\)/g

/** Names in one folder for files of many. */
const flatName = (path: string): string => relative(ROOT, path).split(sep).join("-").replace(/\.ts$/, ".mjs")

/**
 * Bundles a module and the modules of the threads that it starts, each by itself, into a folder, together
 * with the files that they read.
 *
 * @returns the name of the bundle of `entry` in the folder.
 */
export async function bundle(entry: URL, folder: string, platform: "node" | "browser"): Promise<string> {
  const modules = [fileURLToPath(entry)]
  const neighbours: Plugin = {
    name: "neighbours",
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, ({ path }) => ({
        loader: "ts",
        contents: withNeighbours(path, folder, modules),
      }))
    },
  }
  // Every module may name more of them.
  for (const module of modules) {
    await build({
      entryPoints: [module],
      outfile: join(folder, flatName(module)),
      bundle: true,
      format: "esm",
      platform,
      target: "es2024",
      plugins: [neighbours, ...(platform === "browser" ? [withoutNode] : [])],
      logLevel: "error",
    })
  }
  return flatName(modules[0])
}

/** The source of a module, its neighbours renamed; modules among them are noted, other files are copied. */
function withNeighbours(path: string, folder: string, modules: string[]): string {
  return readFileSync(path, "utf8").replaceAll(NEIGHBOUR, (_, name: string) => {
    const neighbour = join(dirname(path), name)
    if (!neighbour.endsWith(".ts")) copyFileSync(neighbour, join(folder, flatName(neighbour)))
    else if (!modules.includes(neighbour)) modules.push(neighbour)
    return `new URL("./${flatName(neighbour)}", import.meta.url)`
  })
}

/** What only Node has is empty in browsers; nothing of it is used there. */
const withoutNode: Plugin = {
  name: "without node",
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ path }) => ({ path: basename(path), namespace: "node" }))
    build.onLoad({ filter: /.*/, namespace: "node" }, () => ({ contents: "module.exports = {}" }))
  },
}
