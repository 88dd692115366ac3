import { expect } from "chai"
import { SUITE, caseNames, readCase } from "./suite.ts"
import { runCase } from "./run-case.ts"

/** What no program can be: training, and answers that depend on chance. */
const OUT_OF_SCOPE: ReadonlySet<string> = new Set([
  "batchnorm_example_training_mode",
  "training_dropout",
  "training_dropout_default",
  "training_dropout_default_mask",
  "training_dropout_mask",
])

describe("ONNX node tests", function () {
  const names = caseNames()
  if (names.length === 0) {
    it(`are skipped: there is nothing at ${SUITE}`, function () {
      this.skip()
    })
  }
  for (const name of names) {
    it(name, async function () {
      if (OUT_OF_SCOPE.has(name)) this.skip()
      expect(await runCase(readCase(name))).to.equal(undefined)
    })
  }
})
