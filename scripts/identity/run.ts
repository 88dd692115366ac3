// Are the bits the same everywhere? Runs the cases in every environment that can be had here and compares
// their commitments: `npm run test:identity [-- large]`.
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { bundle } from "./bundle.ts"
import { differences } from "./compare.ts"
import { environments } from "./environments.ts"
import type { Identities } from "./identities.ts"

const SHOWN = 5

const large = process.argv[2] === "large"
const folder = mkdtempSync(join(tmpdir(), "onus-identity-"))
let expected: Identities | undefined
let failures = 0

const report = (name: string, result: string) => console.log(`${name.padEnd(52)} ${result}`)

try {
  const module = await bundle(new URL("./node.ts", import.meta.url), folder, "node")
  for await (const environment of environments(join(folder, module))) {
    if ("reason" in environment) {
      report(environment.name, `skipped: ${environment.reason}`)
      continue
    }
    for (const threads of environment.threads) {
      const name = `${environment.name}, ${threads === 1 ? "1 thread" : `${threads} threads`}`
      const started = Date.now()
      try {
        const identities = await environment.run({ threads, large })
        expected ??= identities
        const different = differences(expected, identities)
        const seconds = ((Date.now() - started) / 1000).toFixed(1)
        const count = Object.keys(identities).length
        report(
          name,
          different.length === 0
            ? `${count} cases the same, ${seconds} s`
            : `${different.length} DIFFERENCES`,
        )
        for (const difference of different.slice(0, SHOWN)) console.log(`  ${difference}`)
        failures += Number(different.length > 0)
      } catch (error) {
        report(name, `FAILED: ${(error as Error).message}`)
        failures++
      }
    }
    await environment.close()
  }
} finally {
  rmSync(folder, { recursive: true })
}
process.exitCode = failures === 0 ? 0 : 1
