// Writes docs/errors.md: `npm run errors`. A test says when that is due.
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { errorGuide } from "./errors/guide.ts"

const root = join(import.meta.dirname, "..")
writeFileSync(join(root, "docs", "errors.md"), errorGuide(root))
