import { createHash } from "node:crypto"
import { expect } from "chai"
import report from "../../../models/digits.json" with { type: "json" }
import type { Digit } from "../../../scripts/train/digits.ts"
import { drawHeldOut, likeliest } from "../../../scripts/train/evaluate.ts"
import { DIGITS } from "./models.ts"
import { openDigitModel } from "./runtime.ts"

const COUNT = 300

describe("the digit model that the project ships", () => {
  const heldOut = drawHeldOut(report.seed, COUNT)
  let read: Awaited<ReturnType<typeof openDigitModel>>

  before(async () => {
    read = await openDigitModel(DIGITS)
  })

  async function accuracyOn(digits: readonly Digit[]): Promise<number> {
    let right = 0
    for (const { pixels, label } of digits) if (likeliest(await read(pixels)) === label) right++
    return right / digits.length
  }

  /** Three standard deviations of the share in a sample of this size, and one digit. */
  const tolerance = (share: number) => 3 * Math.sqrt((share * (1 - share)) / COUNT) + 1 / COUNT

  it("is the file that its report describes", () => {
    expect(createHash("sha256").update(DIGITS).digest("hex")).to.equal(report.sha256)
  })

  it("reads held-out digits in onnxruntime as well as its report says", async () => {
    const { seenFonts } = report.accuracy
    expect(seenFonts).to.be.at.least(0.98)
    expect(Math.abs((await accuracyOn(heldOut.seenFonts)) - seenFonts)).to.be.below(tolerance(seenFonts))
  })

  it("reads fonts it never saw as well as its report says", async () => {
    const { unseenFonts } = report.accuracy
    expect(report.fonts.seen).to.not.include.members(report.fonts.unseen)
    expect(Math.abs((await accuracyOn(heldOut.unseenFonts)) - unseenFonts)).to.be.below(
      tolerance(unseenFonts),
    )
  })

  it("is never certain beyond reason", async () => {
    const tops = []
    for (const { pixels } of heldOut.seenFonts) tops.push(Math.max(...(await read(pixels))))
    expect(Math.max(...tops)).to.be.below(0.9999)
    expect(tops.reduce((sum, top) => sum + top, 0) / tops.length).to.be.within(0.8, 0.99)
  })
})
