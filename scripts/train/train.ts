import { createHash } from "node:crypto"
import { mkdirSync, writeFileSync } from "node:fs"
import path from "node:path"
import { parseArgs } from "node:util"
import { saveOnnx } from "../../src/engine/onnx/save.ts"
import { SEEN_FONTS, UNSEEN_FONTS } from "./digits.ts"
import { accuracyOf, drawHeldOut } from "./evaluate.ts"
import { toOnnxGraph } from "./export.ts"
import { fitNetwork, type TrainingPlan, type TrainingProgress } from "./fit.ts"

const HELP = `Trains the digit reader and writes it as ONNX, with a JSON report of the same name beside it.

  --quick      a small run of some seconds, to see that training works
  --out FILE   where to write (default models/digits.onnx)
  --seed N     another seed gives another model (default 7)
  --json       print the report as JSON, and nothing else
  --help       this text`

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    out: { type: "string", default: "models/digits.onnx" },
    seed: { type: "string", default: "7" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
})

if (values.help) console.log(HELP)
else train(values.out, Number(values.seed))

function train(out: string, seed: number): void {
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed needs a whole number, not ${values.seed}`)
  const say = (text: string) => values.json || console.log(text)
  const plan: TrainingPlan = {
    seed,
    samples: values.quick ? 4_000 : 300_000,
    batch: 32,
    rate: values.quick ? 0.006 : 0.004,
    smoothing: 0.06,
  }
  const heldOutCount = values.quick ? 500 : 4_000
  const losses: number[] = []
  const started = performance.now()

  const network = fitNetwork(plan, ({ samples, loss }: TrainingProgress) => {
    losses.push(round(loss))
    const seconds = Math.round((performance.now() - started) / 1000)
    say(`${String(samples).padStart(7)} digits  loss ${loss.toFixed(4)}  ${seconds} s`)
  })

  const heldOut = drawHeldOut(seed, heldOutCount)
  const file = saveOnnx(toOnnxGraph(network))
  const report = {
    accuracy: {
      seenFonts: round(accuracyOf(network, heldOut.seenFonts)),
      unseenFonts: round(accuracyOf(network, heldOut.unseenFonts)),
    },
    heldOut: heldOutCount,
    fonts: {
      seen: SEEN_FONTS.map((font) => font.name),
      unseen: UNSEEN_FONTS.map((font) => font.name),
    },
    ...plan,
    losses,
    parameters: network.parameters.reduce((total, { value }) => total + value.length, 0),
    sha256: createHash("sha256").update(file).digest("hex"),
  }

  mkdirSync(path.dirname(out), { recursive: true })
  writeFileSync(out, file)
  writeFileSync(out.replace(/(\.onnx)?$/, ".json"), JSON.stringify(report, null, 2) + "\n")
  say(`accuracy on held-out digits: ${percent(report.accuracy.seenFonts)} in fonts of the training,`)
  say(`  ${percent(report.accuracy.unseenFonts)} in fonts never seen`)
  say(`${out}: ${report.parameters} parameters, sha256 ${report.sha256}`)
  if (values.json) console.log(JSON.stringify(report, null, 2))
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`
}
