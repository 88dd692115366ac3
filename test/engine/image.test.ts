import { readdirSync, readFileSync } from "node:fs"
import { expect } from "chai"
import { encode } from "fast-png"
import { digitFromPng } from "../../src/engine/image/digit-image.ts"
import { isOnusError } from "../../src/protocol/errors.ts"
import { drawHeldOut, likeliest } from "../../scripts/train/evaluate.ts"
import { createRandom } from "../../scripts/train/random.ts"
import { DIGITS, expectRefusal } from "./onnx/models.ts"
import { openDigitModel } from "./onnx/runtime.ts"
import { barPng, handmadePng, type Look } from "./png-files.ts"

const SAMPLES = new URL("../../models/samples/", import.meta.url)

/** Columns and rows of the pixels that are mostly ink, right and bottom inclusive. */
function extentOf(pixels: Float32Array) {
  const inked = [...pixels.keys()].filter((at) => pixels[at] > 0.5)
  const [xs, ys] = [inked.map((at) => at % 28), inked.map((at) => Math.floor(at / 28))]
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) }
}

describe("digitFromPng", () => {
  describe("finds the same bar", () => {
    const looks: [string, Look][] = [
      ["black on white", { width: 60, height: 80, channels: 1, paper: [255], ink: [0] }],
      ["white on black", { width: 60, height: 80, channels: 1, paper: [0], ink: [255] }],
      ["in colours", { width: 90, height: 110, channels: 3, paper: [250, 240, 200], ink: [20, 60, 160] }],
      ["pale on grey", { width: 90, height: 70, channels: 1, paper: [120], ink: [160] }],
      [
        "on transparent paper",
        { width: 50, height: 60, channels: 4, paper: [0, 0, 0, 0], ink: [9, 9, 9, 255] },
      ],
      ["half transparent", { width: 50, height: 60, channels: 2, paper: [255, 255], ink: [0, 128] }],
      ["with 16 bits", { width: 60, height: 80, channels: 1, depth: 16, paper: [65535], ink: [100] }],
      ["large", { width: 1500, height: 2000, channels: 1, paper: [230], ink: [40] }],
      ["tiny", { width: 8, height: 10, channels: 1, paper: [255], ink: [0] }],
      ["wide", { width: 900, height: 60, channels: 1, paper: [255], ink: [0] }],
    ]
    for (const [name, look] of looks) {
      it(name, () => {
        const pixels = digitFromPng(barPng(look))
        expect(pixels).to.have.length(784)
        expect(Math.max(...pixels)).to.equal(1)
        expect(pixels[0]).to.equal(0)
        const { left, right, top, bottom } = extentOf(pixels)
        expect([top, bottom]).to.deep.equal([4, 23])
        expect(Math.abs(left + right - 27)).to.be.at.most(1)
        expect(right - left + 1).to.be.within(2, 4)
      })
    }

    it("in a palette of one bit a pixel", () => {
      // Eight rows of eight pixels, two columns inked in the middle six rows.
      const rows = [0, 24, 24, 24, 24, 24, 24, 0].flatMap((bits) => [0, bits])
      const palette: [string, Uint8Array] = ["PLTE", Uint8Array.of(255, 255, 255, 200, 0, 0)]
      const png = handmadePng([0, 0, 0, 8, 0, 0, 0, 8, 1, 3, 0, 0, 0], Uint8Array.from(rows), [palette])
      expect(extentOf(digitFromPng(png))).to.deep.include({ top: 4, bottom: 23 })
    })

    it("beside a speck of dirt", () => {
      const { width, height } = { width: 60, height: 80 }
      const data = new Uint8Array(width * height).fill(255)
      for (let y = 20; y < 60; y++) data.fill(0, y * width + 30, y * width + 36)
      data[5 * width + 5] = 0
      const png = encode({ width, height, data, channels: 1, depth: 8 })
      expect(extentOf(digitFromPng(png))).to.deep.include({ top: 4, bottom: 23 })
    })
  })

  it("keeps held-out digits readable", async () => {
    const read = await openDigitModel(DIGITS)
    const { seenFonts } = drawHeldOut(21, 100)
    let right = 0
    for (const { pixels, label } of seenFonts) {
      const data = Uint8Array.from(pixels, (value) => 255 * (1 - value))
      const png = encode({ width: 28, height: 28, channels: 1, depth: 8, data })
      if (likeliest(await read(digitFromPng(png))) === label) right++
    }
    expect(right).to.be.at.least(95)
  })

  it("lets onnxruntime read every sample picture right", async () => {
    const read = await openDigitModel(DIGITS)
    const files = readdirSync(SAMPLES)
    expect(files).to.have.length(3)
    for (const file of files) {
      const probabilities = await read(digitFromPng(readFileSync(new URL(file, SAMPLES))))
      expect(likeliest(probabilities), file).to.equal(Number(file[0]))
      expect(Math.max(...probabilities), file).to.be.above(0.7)
    }
  })

  describe("refuses", () => {
    const bar = barPng({ width: 60, height: 80, channels: 1, paper: [255], ink: [0] })
    const blank = (paper: number) =>
      barPng({ width: 60, height: 80, channels: 1, paper: [paper], ink: [paper] })
    const header = (width: number, height: number, depth: number, type: number, interlace: number) => {
      const bytes = Buffer.alloc(13)
      bytes.writeUInt32BE(width, 0)
      bytes.writeUInt32BE(height, 4)
      return [...bytes.subarray(0, 8), depth, type, 0, 0, interlace]
    }
    const rows = new Uint8Array(72)
    const cases: [string, string, Uint8Array, string][] = [
      ["nothing at all", "ImageMalformed", new Uint8Array(), "not a PNG"],
      ["another format", "ImageMalformed", new TextEncoder().encode("GIF89a"), "not a PNG"],
      ["a file cut off", "ImageMalformed", bar.subarray(0, bar.length - 20), "cut off"],
      [
        "fewer rows than declared",
        "ImageMalformed",
        handmadePng(header(8, 9, 8, 0, 0), rows),
        "instead of 81",
      ],
      ["more rows than declared", "ImageMalformed", handmadePng(header(8, 7, 8, 0, 0), rows), "too long"],
      [
        "a small file that inflates to a flood",
        "ImageMalformed",
        handmadePng(header(8, 8, 8, 0, 0), new Uint8Array(2 ** 26)),
        "too long",
      ],
      ["an unknown colour type", "ImageMalformed", handmadePng(header(8, 8, 8, 5, 0), rows), "colour type 5"],
      [
        "a colour outside the palette",
        "ImageMalformed",
        handmadePng(
          header(8, 8, 8, 3, 0),
          rows.map((_, at) => at % 9 && 7),
          [["PLTE", new Uint8Array(6)]],
        ),
        "palette",
      ],
      ["a picture without area", "ImageMalformed", handmadePng(header(0, 8, 8, 0, 0), rows), "0 by 8"],
      ["a blank white page", "ImageEmpty", blank(255), "stands out"],
      ["a blank dark page", "ImageEmpty", blank(7), "stands out"],
      ["a single dot", "ImageEmpty", handmadePng(header(8, 8, 8, 0, 0), rows.with(40, 255)), "dot"],
      [
        "too many pixels, before decoding them",
        "ImageTooLarge",
        handmadePng(header(8000, 8000, 8, 0, 0), rows),
        "8000 by 8000",
      ],
      ["too long a side", "ImageTooLarge", handmadePng(header(70_000, 1, 8, 0, 0), rows), "70000"],
      ["too large a file", "ImageTooLarge", new Uint8Array(2 ** 25 + 1), "33554433"],
      [
        "interlacing below a byte",
        "ImageUnsupported",
        handmadePng(header(8, 8, 1, 0, 1), rows),
        "interlaced",
      ],
    ]
    for (const [name, code, file, word] of cases) {
      it(name, () => expectRefusal(() => digitFromPng(file), code, word))
    }

    it("every damage by name", () => {
      const random = createRandom(9, "png damage")
      for (let round = 0; round < 500; round++) {
        const file = bar.slice(0, random.chance(0.2) ? random.below(bar.length) : bar.length)
        for (let count = random.below(6); count > 0; count--)
          file[random.below(file.length)] = random.below(256)
        try {
          digitFromPng(file)
        } catch (error) {
          if (!isOnusError(error)) throw error
        }
      }
    })
  })
})
