import { execFile } from "node:child_process"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { expect } from "chai"
import { loadOnnx } from "../src/engine/onnx/load.ts"
import { convolve, convolveBackward, pad, type Convolution } from "../scripts/train/convolution.ts"
import { drawDigit, SEEN_FONTS, UNSEEN_FONTS } from "../scripts/train/digits.ts"
import { Network } from "../scripts/train/network.ts"
import { createRandom } from "../scripts/train/random.ts"
import { openDigitModel } from "./engine/onnx/runtime.ts"

const ROOT = fileURLToPath(new URL("..", import.meta.url))
const run = promisify(execFile)

describe("training", () => {
  let directory: string

  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "onus-train-"))
  })
  after(() => rm(directory, { recursive: true }))

  /** Runs the script as a user would, and returns what it printed. */
  async function train(...args: string[]): Promise<string> {
    const command = ["--import", "tsx", "scripts/train/train.ts", ...args]
    return (await run(process.execPath, command, { cwd: ROOT })).stdout
  }

  it("learns, and writes a model that loads", async () => {
    const out = path.join(directory, "model", "quick.onnx")
    const printed = await train("--quick", "--json", "--seed", "11", "--out", out)
    const report = JSON.parse(printed) as { losses: number[]; accuracy: { seenFonts: number } }
    expect(report.losses[0]).to.be.above(1.8)
    expect(report.losses.at(-1)).to.be.below(0.9)
    expect(report.accuracy.seenFonts).to.be.above(0.8)

    const file = await readFile(out)
    expect(loadOnnx(file).nodes).to.have.length(11)
    expect(JSON.parse(await readFile(out.replace(".onnx", ".json"), "utf8"))).to.deep.equal(report)
    const probabilities = await (await openDigitModel(file))(new Float32Array(784))
    expect(Math.abs(probabilities.reduce((sum, share) => sum + share, -1))).to.be.below(1e-5)
  })

  it("explains itself", async () => {
    const help = await train("--help")
    for (const option of ["--quick", "--out", "--seed", "--json"]) expect(help).to.contain(option)
  })
})

describe("the training's network", () => {
  it("has the gradients that its loss has", () => {
    const random = createRandom(2, "gradients")
    const network = new Network(random)
    // Away from zero, where Relu has a kink and no slope.
    for (const { value } of Object.values(network.biases))
      value.forEach((_, at) => (value[at] = random.normal(0.1)))
    const { pixels, label } = drawDigit(random, SEEN_FONTS)
    network.learn(pixels, label, 0.1)
    // Copied first, because every further look adds to them.
    const gradients = network.parameters.map((parameter) => parameter.gradient.slice())
    for (const [index, parameter] of network.parameters.entries()) {
      const slopes = gradients[index]
      // The steepest entry, where rounding matters least.
      const at = slopes.reduce(
        (best, slope, next) => (Math.abs(slope) > Math.abs(slopes[best]) ? next : best),
        0,
      )
      const value = parameter.value[at]
      const lossAt = (shift: number) => {
        parameter.value[at] = value + shift
        const loss = network.learn(pixels, label, 0.1)
        parameter.value[at] = value
        return loss
      }
      const measured = (lossAt(1e-3) - lossAt(-1e-3)) / 2e-3
      expect(Math.abs(measured - slopes[at]), parameter.name).to.be.below(0.05 * Math.abs(slopes[at]) + 1e-3)
    }
  })

  it("convolves as ONNX does, and back", () => {
    const shape: Convolution = { inputs: 1, outputs: 1, side: 2 }
    const padded = new Float32Array(16)
    pad(Float32Array.of(1, 2, 3, 4), 1, 2, padded)
    const weight = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9)
    const output = new Float32Array(4)
    convolve(shape, padded, weight, Float32Array.of(0.5), output)
    // The centre of the kernel is 5; its right neighbour 6 meets the right neighbour of the pixel.
    expect([...output]).to.deep.equal([77.5, 67.5, 47.5, 37.5])

    const gradients = { weight: new Float32Array(9), bias: new Float32Array(1), padded: new Float32Array(16) }
    convolveBackward(shape, padded, weight, Float32Array.of(1, 0, 0, 0), gradients)
    expect([...gradients.weight]).to.deep.equal([0, 0, 0, 0, 1, 2, 0, 3, 4])
    expect([...gradients.padded.subarray(0, 4)]).to.deep.equal([1, 2, 3, 0])
  })
})

describe("the training's digits", () => {
  it("come out the same for the same seed, and differently for another label", () => {
    const draw = (label: string) => drawDigit(createRandom(1, label), SEEN_FONTS).pixels
    expect(draw("a")).to.deep.equal(draw("a"))
    expect(draw("a")).to.not.deep.equal(draw("b"))
  })

  it("have ten glyphs a font, and at least six seen and two unseen fonts", () => {
    expect(SEEN_FONTS.length).to.be.at.least(6)
    expect(UNSEEN_FONTS.length).to.be.at.least(2)
    const fonts = [...SEEN_FONTS, ...UNSEEN_FONTS]
    for (const font of fonts) expect(font.glyphs, font.name).to.have.length(10)
    expect(new Set(fonts.map((font) => font.name))).to.have.length(fonts.length)
  })

  it("are white ink on dark paper within the picture", () => {
    const random = createRandom(4, "digits")
    for (let round = 0; round < 200; round++) {
      const { pixels, label } = drawDigit(random, [...SEEN_FONTS, ...UNSEEN_FONTS])
      expect(label).to.be.within(0, 9)
      expect(Math.max(...pixels)).to.be.within(0.3, 1)
      expect(Math.min(...pixels)).to.be.at.least(0)
      const half = 0.5 * Math.max(...pixels)
      const inked = pixels.filter((value) => value > half).length
      expect(inked).to.be.within(10, 400)
    }
  })
})
