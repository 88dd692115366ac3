// Makes the npm package for frontends and applications: `npm run build:package`, then `npm pack ./dist`.
import { join } from "node:path"
import { buildPackage } from "./package/build.ts"

const root = join(import.meta.dirname, "..")
const folder = join(root, "dist")
try {
  buildPackage(root, folder)
  console.log(`dist/ is the package: npm pack ./dist`)
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
