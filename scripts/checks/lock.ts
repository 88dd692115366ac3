// Every optional dependency that the lock names is in the lock, and no download address is.
//
// npm leaves packages out of the lock without a word when they cannot be had for the platform that
// made it; the next platform then misses its binaries.
import { readFileSync } from "node:fs"

interface Lock {
  readonly packages: Record<string, { optionalDependencies?: Record<string, string>; resolved?: string }>
}

const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as Lock

/** Node's resolution: the nearest node_modules on the way up. */
function isLocked(from: string, name: string): boolean {
  const candidates = [`node_modules/${name}`]
  for (let place = from; place !== ""; place = place.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, "")) {
    candidates.push(`${place}/node_modules/${name}`)
  }
  return candidates.some((candidate) => candidate in packages)
}

const problems: string[] = []
for (const [place, { optionalDependencies = {}, resolved }] of Object.entries(packages)) {
  if (resolved?.startsWith("http")) problems.push(`${place} has the download address of one registry`)
  for (const name of Object.keys(optionalDependencies)) {
    if (!isLocked(place, name)) problems.push(`${place || "the project"} names ${name}, which is not locked`)
  }
}
for (const problem of problems) console.error(`package-lock.json: ${problem}`)
process.exitCode = problems.length === 0 ? 0 : 1
