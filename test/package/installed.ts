import { execFileSync } from "node:child_process"
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { buildPackage } from "../../scripts/package/build.ts"

const ROOT = join(import.meta.dirname, "..", "..")

/** What applications have beside the package and what it depends on. */
const BESIDE = ["@types/node", "@types/react", "csstype", "react", "react-dom", "undici-types"]

let made: string | undefined

/** The folder of an application that has installed the package as npm packs it; made once for all tests. */
export const application = (): string => (made ??= make())

function make(): string {
  const folder = mkdtempSync(join(tmpdir(), "onus-application-"))
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }')
  const built = join(folder, "built")
  buildPackage(ROOT, built)
  pack(built, folder)
  const modules = join(folder, "node_modules")
  mkdirSync(modules)
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith(".tgz"))
  execFileSync("tar", ["-xzf", join(folder, tarball), "-C", modules])
  renameSync(join(modules, "package"), join(modules, "onus"))
  const manifest = readFileSync(join(modules, "onus", "package.json"), "utf8")
  const { dependencies } = JSON.parse(manifest) as { dependencies: Record<string, string> }
  for (const name of [...Object.keys(dependencies), ...BESIDE]) link(name, modules)
  return folder
}

function pack(built: string, to: string): void {
  const windows = process.platform === "win32"
  execFileSync(
    "npm",
    ["pack", "--silent", "--no-update-notifier", "--ignore-scripts", "--pack-destination", to, built],
    {
      shell: windows,
      stdio: ["ignore", "ignore", "inherit"],
    },
  )
}

function link(name: string, modules: string): void {
  const from = join(ROOT, "node_modules", name)
  if (!existsSync(from)) return
  mkdirSync(dirname(join(modules, name)), { recursive: true })
  symlinkSync(from, join(modules, name), "junction")
}
