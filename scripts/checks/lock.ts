// Every optional dependency that the lock names is in the lock, and no download address is.
//
// npm leaves packages out of the lock without a word when they cannot be had for the platform that
// made it; the next platform then misses its binaries.
import { globSync, readFileSync } from "node:fs"

interface Lock {
  readonly packages: Record<string, { optionalDependencies?: Record<string, string>; resolved?: string }>
}

type Packages = Lock["packages"]

/** Node's resolution: the nearest node_modules on the way up. */
function isLocked(packages: Packages, from: string, name: string): boolean {
  const candidates = [`node_modules/${name}`]
  for (let place = from; place !== ""; place = place.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, "")) {
    candidates.push(`${place}/node_modules/${name}`)
  }
  return candidates.some((candidate) => candidate in packages)
}

function* problemsOf(packages: Packages): Generator<string> {
  for (const [place, { optionalDependencies = {}, resolved }] of Object.entries(packages)) {
    if (resolved?.startsWith("http")) yield `${place} has the download address of one registry`
    for (const name of Object.keys(optionalDependencies)) {
      if (!isLocked(packages, place, name))
        yield `${place || "the project"} names ${name}, which is not locked`
    }
  }
}

// The project's own, and those of the packages in it.
for (const file of globSync(["package-lock.json", "*/package-lock.json"])) {
  const { packages } = JSON.parse(readFileSync(file, "utf8")) as Lock
  for (const problem of problemsOf(packages)) {
    console.error(`${file}: ${problem}`)
    process.exitCode = 1
  }
}
