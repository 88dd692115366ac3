import { expect } from "chai"
import { day, figure, percent, utc } from "../../web/src/components/format.ts"

describe("figures on pages", () => {
  it("show two different float32 numbers as different", () => {
    const bits = new Uint32Array(1)
    const value = new Float32Array(bits.buffer)
    for (const one of [0x3f7ffffe, 0x3dcccccd, 0x42106349, 0x00800001, 0x7f7ffffe]) {
      const texts = [one, one + 1].map((next) => {
        bits[0] = next
        return figure(String(value[0]))
      })
      expect(new Set(texts).size, texts.join()).to.equal(2)
      expect(Math.fround(Number(texts[1]))).to.equal(value[0])
    }
  })

  it("do not make nearly all to all, nor nearly nothing to nothing", () => {
    expect([0, 0.0001, 0.05, 0.99, 0.999, 1].map(percent)).to.deep.equal([
      "0 %",
      "< 0.1 %",
      "5 %",
      "99 %",
      "> 99 %",
      "100 %",
    ])
  })

  it("have words for moments that no date names: receipts can hold any of 64 bits", () => {
    expect(utc(0)).to.equal("1970-01-01 00:00 UTC")
    expect([utc(2 ** 64), day(2 ** 64)]).to.deep.equal(["for ever", "for ever"])
  })
})
