import { spawnSync } from "node:child_process"
import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const ROOT = fileURLToPath(new URL("../..", import.meta.url))
const MINUTES = 60_000

const { optionalDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  readonly optionalDependencies: Readonly<Record<string, string>>
}

/** The npm package with the executable of Node for a platform such as `linux-x64`. */
const packageOf = (platform: string): string | undefined =>
  Object.keys(optionalDependencies).find((name) => name.endsWith(platform.replace("win32", "win")))

const executableIn = (folder: string): string | undefined =>
  globSync("node_modules/*/bin/node{,.exe}", { cwd: folder }).map((path) => join(folder, path))[0]

/** The Node for Linux on x86-64 that the project itself has from npm. */
export const LINUX_NODE = join(ROOT, "node_modules", packageOf("linux-x64") ?? "", "bin", "node")

/**
 * The newest Node of a major version, from npm.
 *
 * @returns the path of its executable, kept under node_modules/.cache, or why there is none.
 */
export function npmNode(major: number): { readonly path: string } | { readonly reason: string } {
  const folder = join(ROOT, "node_modules", ".cache", "identity", `node-${major}`)
  const known = executableIn(folder)
  if (known) return { path: known }
  const name = packageOf(`${process.platform}-${process.arch}`)
  if (!name) return { reason: `no package of Node for ${process.platform}-${process.arch}` }
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, "package.json"), "{}")
  const env: NodeJS.ProcessEnv = { ...process.env, npm_config_fetch_retries: "0" }
  // Inherited from an enclosing npm script, these would send the command to the project.
  for (const variable of ["npm_config_local_prefix", "npm_config_prefix", "INIT_CWD"]) delete env[variable]
  const args = ["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", `${name}@${major}`]
  const shell = process.platform === "win32"
  const run = spawnSync("npm", args, { cwd: folder, env, shell, encoding: "utf8", timeout: 3 * MINUTES })
  const path = executableIn(folder)
  if (path) return { path }
  const isOffline =
    /ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|ENETUNREACH/.test(run.stderr ?? "") || run.signal !== null
  return { reason: isOffline ? "no network" : `npm has no ${name}@${major}` }
}
