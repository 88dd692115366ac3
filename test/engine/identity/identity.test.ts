import { readFileSync } from "node:fs"
import { expect } from "chai"
import { IdentityBrowser, findChromium } from "../../../scripts/identity/chromium.ts"
import { differences } from "../../../scripts/identity/compare.ts"
import {
  DIGITS,
  type Identities,
  definedIdentities,
  identitiesOf,
} from "../../../scripts/identity/identities.ts"

describe("the bits of a run", () => {
  const digits = readFileSync(DIGITS)
  let expected: Identities

  before(() => {
    expected = definedIdentities(digits)
  })

  for (const threads of [1, 2]) {
    it(`are those of the interpreter on ${threads === 1 ? "one thread" : `${threads} threads`}`, async () => {
      const identities = await identitiesOf(digits, { threads, large: false })
      expect(differences(expected, identities)).to.deep.equal([])
    })
  }

  describe("in a browser", () => {
    let browser: IdentityBrowser | undefined

    before(async function () {
      const path = await findChromium()
      // `npm run test:identity` says what is missing.
      if (!path) this.skip()
      browser = await IdentityBrowser.open(path)
    })

    after(() => browser?.close())

    for (const threads of [1, 2]) {
      it(`are the same on ${threads === 1 ? "one thread" : `${threads} threads`}`, async () => {
        const identities = await browser!.run({ threads, large: false })
        expect(differences(expected, identities)).to.deep.equal([])
      })
    }

    it("are the same where threads cannot share memory", async () => {
      const identities = await browser!.run({ threads: 2, large: false }, false)
      expect(differences(expected, identities)).to.deep.equal([])
    })
  })
})

describe("a comparison of identities", () => {
  const identity = { modelId: "0x01", inputRoot: "0x02", traceRoot: "0x03", outputRoot: "0x04" }

  it("names everything that differs", () => {
    expect(differences({ a: identity }, { a: { ...identity } })).to.deep.equal([])
    expect(differences({ a: identity }, { a: { ...identity, traceRoot: "0x05" } })).to.deep.equal([
      "a: traceRoot is 0x05, not 0x03",
    ])
    expect(differences({ a: identity }, { b: identity })).to.deep.equal(["a is missing", "b is missing"])
  })
})
