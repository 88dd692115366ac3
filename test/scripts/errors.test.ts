import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect } from "chai"
import { errorGuide } from "../../scripts/errors/guide.ts"

const ROOT = join(import.meta.dirname, "..", "..")

describe("the list of errors", () => {
  it("is what `npm run errors` writes, and knows codes of every layer and of the contracts", () => {
    const guide = errorGuide(ROOT)
    for (const known of [
      "OnnxMalformed",
      "ReceiptMalformed",
      "ChainMismatch",
      "LimitInvalid",
      "StakeTooLow(",
    ])
      expect(guide).to.contain(`| \`${known}`)
    expect(readFileSync(join(ROOT, "docs", "errors.md"), "utf8"), "run `npm run errors`").to.equal(guide)
  })
})
