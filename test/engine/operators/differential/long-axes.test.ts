import { expect } from "chai"
import { check } from "./check.ts"
import { LONG } from "./long.ts"
import { LONG_MAKERS } from "./makers/long.ts"

const COUNT = LONG ? 60 : 6

describe("nodes whose elements are made of many, beside onnxruntime", function () {
  this.timeout(0)

  for (const [op, make] of LONG_MAKERS) {
    it(`mean the same for ${COUNT} of ${op}`, async () => {
      for (let number = 0; number < COUNT; number++) {
        const { kind, detail } = await check(op, make, number)
        expect(kind, `case ${number}: ${detail}`).to.equal("same")
      }
    })
  }
})
