// How fast receipts are checked beside the engine alone, taking turns: `npm run bench:challenger-check -- [ROW] [options]`.
//
//   ROW              only rows whose name holds this text
//   --threads N      threads that compute, on both sides (default: one less than the machine has processors)
//   --rounds N       measurements of each (default 7)
//   --json           print data
//   --save           keep the data in bench/results/
//
// The engine alone runs a model in threads that are told once how often. The checker fetches inputs (out of memory), hands them to
// threads, has them hashed, and compares the commitments of a receipt: what it does for every answer of an honest provider. An eager
// receipt commits to the trace, so that the engine hashes the trace of every run on both sides; of a lazy one it does not. Fetching and
// comparing are done by a thread beside those that compute. A lazy answer of the digit reader takes the engine 30 microseconds, less
// than hashing its question does: that row is shown, and not counted.
import { readFileSync, writeFileSync } from "node:fs"
import { availableParallelism, cpus } from "node:os"
import { parseArgs } from "node:util"
import { loadOnnx } from "../src/engine/onnx/load.ts"
import { saveOnnx } from "../src/engine/onnx/save.ts"
import { lower } from "../src/engine/program/lower.ts"
import { inputLength } from "../src/pool/inputs.ts"
import { type Network, checker, engineAlone } from "./challenger/contestants.ts"
import { mobilenetV2 } from "./networks/vision.ts"

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: "string", default: String(Math.max(1, availableParallelism() - 1)) },
    rounds: { type: "string", default: "7" },
    json: { type: "boolean", default: false },
    save: { type: "boolean", default: false },
  },
})
const threads = Number(options.threads)

/** Different questions about each network. */
const QUESTIONS = 16
/** At least so much of the engine's speed is wanted. */
const WANTED = 0.9

interface Row {
  readonly name: string
  readonly onnx: Uint8Array
  readonly isEager: boolean
  /** Runs of one measurement. */
  readonly count: number
  /** Whether the speed that is wanted is wanted of it. */
  readonly isCounted: boolean
}

const digits = readFileSync(new URL("../models/digits.onnx", import.meta.url))
const mobilenet = saveOnnx(mobilenetV2())
const ROWS: readonly Row[] = [
  { name: "digit reader, eager", onnx: digits, isEager: true, count: 8000, isCounted: true },
  { name: "digit reader, lazy", onnx: digits, isEager: false, count: 20_000, isCounted: false },
  { name: "MobileNetV2, eager", onnx: mobilenet, isEager: true, count: 80, isCounted: true },
  { name: "MobileNetV2, lazy", onnx: mobilenet, isEager: false, count: 80, isCounted: true },
]

function networkOf(onnx: Uint8Array): Network {
  const program = lower(loadOnnx(onnx))
  const inputs = Array.from({ length: QUESTIONS }, (_, question) => {
    const values = Float32Array.from({ length: inputLength(program) / 4 }, (_, i) =>
      Math.sin(i * (question + 1)),
    )
    return new Uint8Array(values.buffer)
  })
  return { program, onnx, inputs }
}

/** Measures both by turns, forwards and backwards, so that none is always first. */
async function race({ name, onnx, isEager, count, isCounted }: Row) {
  const network = networkOf(onnx)
  const contestants = [await engineAlone(network, isEager, threads), await checker(network, isEager, threads)]
  const speeds: number[][] = contestants.map(() => [])
  const work = contestants.map(() => 0)
  for (let round = -1; round < Number(options.rounds); round++) {
    const order = [...contestants.keys()]
    if (round % 2 !== 0) order.reverse()
    for (const at of order) {
      const before = process.cpuUsage()
      const seconds = await contestants[at].runs(count)
      const { user, system } = process.cpuUsage(before)
      // The first one warms up.
      if (round < 0) continue
      speeds[at].push(count / seconds)
      work[at] += (user + system) / 1000
    }
  }
  for (const contestant of contestants) await contestant.close()
  const [engine, checked] = speeds.map(median)
  const ratios = speeds[0].map((speed, round) => speeds[1][round] / speed)
  return {
    name,
    isCounted,
    "engine alone, runs/s": rounded(engine),
    "checker, receipts/s": rounded(checked),
    "checker / engine": rounded(median(ratios)),
    // Of all threads: what is left of the machine does not matter to it.
    "engine alone, processor ms": rounded(work[0] / count / speeds[0].length),
    "checker, processor ms": rounded(work[1] / count / speeds[1].length),
  }
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]
const rounded = (value: number): number => Number(value.toPrecision(3))

const rows = []
for (const row of ROWS) if (row.name.includes(positionals[0] ?? "")) rows.push(await race(row))
const measured = { processor: cpus()[0].model, node: process.version, threads, rows }
if (options.save) {
  const file = new URL("results/challenger-check.json", import.meta.url)
  writeFileSync(file, `${JSON.stringify(measured, null, 2)}\n`)
}
if (options.json) console.log(JSON.stringify(measured, null, 2))
else console.table(rows)
process.exit(rows.every((row) => !row.isCounted || row["checker / engine"] >= WANTED) ? 0 : 1)
