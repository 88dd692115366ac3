import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { OnusError } from "../../src/protocol/errors.ts"
import { ROOT } from "../../src/tour/chain/hardhat.ts"

const WEB = join(ROOT, "web")
const VITE = join(WEB, "node_modules", "vite", "bin", "vite.js")

/** Pages that were built into a folder of their own. */
export interface BuiltPages {
  readonly folder: string
  remove(): void
}

/** Builds the pages of `web/`. @throws OnusError `PagesMissing`, `PagesBroken`. */
export function buildPages(): BuiltPages {
  if (!existsSync(VITE))
    throw new OnusError("PagesMissing", "What the pages are built with is not installed", {
      hint: "Run `node scripts/ensure.mjs web`",
    })
  const folder = mkdtempSync(join(tmpdir(), "onus-pages-"))
  const options = ["build", "--logLevel", "error", "--outDir", folder, "--emptyOutDir"]
  // Tests have another name for what they are, and pages built so are for developers.
  const env = { ...process.env, NODE_ENV: "production" }
  const { status, stderr } = spawnSync(process.execPath, [VITE, ...options], {
    cwd: WEB,
    env,
    encoding: "utf8",
  })
  if (status !== 0) throw new OnusError("PagesBroken", `The pages cannot be built: ${stderr}`)
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
