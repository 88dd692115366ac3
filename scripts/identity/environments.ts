import { spawn, spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { IdentityBrowser, findChromium } from "./chromium.ts"
import type { Identities, IdentityOptions } from "./identities.ts"
import { LINUX_NODE, npmNode } from "./npm-node.ts"

/** A machine, real or not, that runs the cases. */
export interface Environment {
  readonly name: string
  /** The numbers of threads that it can have. */
  readonly threads: readonly number[]
  run(options: IdentityOptions): Promise<Identities>
  close(): Promise<void>
}

/** One that is not there, and why. */
export interface Missing {
  readonly name: string
  readonly reason: string
}

const MAJORS = [22, 24]
const THREADS = [1, 2]
/** Without AVX: vectors of 128 bits are all that there is. */
const EMULATOR = "qemu-x86_64"
const MODEL = "Nehalem"

/** All environments; those with Node run a bundle of `node.ts`. */
export async function* environments(bundle: string): AsyncGenerator<Environment | Missing> {
  yield command(`Node ${process.version}, this one`, [process.execPath, bundle])
  for (const major of MAJORS) {
    if (process.version.startsWith(`v${major}.`)) continue
    const node = npmNode(major)
    if ("reason" in node) yield { name: `Node ${major}`, reason: node.reason }
    else yield command(`Node ${versionOf([node.path])}, from npm`, [node.path, bundle])
  }
  yield* inChromium()
  yield emulated(bundle)
}

async function* inChromium(): AsyncGenerator<Environment | Missing> {
  const path = await findChromium()
  if (!path) {
    yield { name: "Chromium", reason: "no browser; ONUS_CHROMIUM may name one" }
    return
  }
  try {
    const browser = await IdentityBrowser.open(path)
    const name = `Chromium ${browser.version}`
    const close = () => Promise.resolve()
    yield { name, threads: THREADS, run: (options) => browser.run(options), close }
    const plain = `${name}, no shared memory`
    yield {
      name: plain,
      threads: [1],
      run: (options) => browser.run(options, false),
      close: () => browser.close(),
    }
  } catch (error) {
    yield { name: "Chromium", reason: `${path} does not start: ${(error as Error).message.split("\n")[0]}` }
  }
}

function emulated(bundle: string): Environment | Missing {
  const name = `${EMULATOR} -cpu ${MODEL}`
  if (spawnSync(EMULATOR, ["--version"]).status !== 0)
    return { name, reason: `no ${EMULATOR}: it is in Debian's package qemu-user` }
  if (!existsSync(LINUX_NODE)) return { name, reason: `there is no ${LINUX_NODE}` }
  const node = [EMULATOR, "-cpu", MODEL, LINUX_NODE]
  return command(`${name}, Node ${versionOf(node)}`, [...node, bundle])
}

const versionOf = ([program, ...args]: readonly string[]): string =>
  spawnSync(program, [...args, "--version"], { encoding: "utf8" }).stdout.trim()

/** A command that takes the options as arguments and prints the identities. */
function command(name: string, [program, ...args]: readonly string[]): Environment {
  return {
    name,
    threads: THREADS,
    run: ({ threads, large }) => {
      const child = spawn(program, [...args, `${threads}`, large ? "large" : "small"], {
        stdio: ["ignore", "pipe", "inherit"],
      })
      let output = ""
      child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text))
      return new Promise((resolve, reject) => {
        child.on("error", reject)
        child.on("close", (code) => {
          if (code === 0) resolve(JSON.parse(output) as Identities)
          else reject(new Error(`${program} ended with ${code}`))
        })
      })
    },
    close: () => Promise.resolve(),
  }
}
