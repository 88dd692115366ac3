// How fast the engine is beside onnxruntime, in one process, taking turns: `npm run bench:engine -- [ROW] [options]`.
//
//   ROW              only rows whose name holds this text
//   --threads N      threads of every contender (default 1)
//   --rounds N       measurements per contender (default 7)
//   --no-native      leave out onnxruntime-node
//   --json           print data
//   --save           keep the data in bench/results/
import { parseArgs } from "node:util"
import { readFileSync, writeFileSync } from "node:fs"
import { cpus } from "node:os"
import type { Values } from "../src/engine/executor.ts"
import type { OnnxGraph } from "../src/engine/onnx/graph.ts"
import { loadOnnx } from "../src/engine/onnx/load.ts"
import { saveOnnx } from "../src/engine/onnx/save.ts"
import type { Contender, Race } from "./contenders/contender.ts"
import { onusEngine } from "./contenders/engine.ts"
import { onnxruntimeNode, onnxruntimeWeb } from "./contenders/onnxruntime.ts"
import { gpt2 } from "./networks/gpt2.ts"
import { conv, gemm, gemmInt8 } from "./networks/layers.ts"
import { mobilenetV2, resnet50 } from "./networks/vision.ts"

const DIGITS = new URL("../models/digits.onnx", import.meta.url)

/** Name of a row, and its network. */
const ROWS: Readonly<Record<string, () => OnnxGraph>> = {
  "gemm 512x512x512": () => gemm(512, 512, 512),
  "gemm 1024x1024x1024": () => gemm(1024, 1024, 1024),
  "gemm 64x768x3072": () => gemm(64, 768, 3072),
  "gemm 1x768x3072": () => gemm(1, 768, 3072),
  "int8 gemm 512x512x512": () => gemmInt8(512, 512, 512),
  "int8 gemm 64x768x3072": () => gemmInt8(64, 768, 3072),
  "conv 3x3 64 to 64, 56x56": () => conv(64, 64, 56, 3),
  "conv 3x3 256 to 256, 14x14": () => conv(256, 256, 14, 3),
  "conv 7x7/2 3 to 64, 224x224": () => conv(3, 64, 224, 7, 2),
  "depthwise 3x3 144, 56x56": () => conv(144, 144, 56, 3, 1, 144),
  "digit reader": () => loadOnnx(readFileSync(DIGITS)),
  "ResNet-50": () => resnet50(),
  MobileNetV2: () => mobilenetV2(),
  "GPT-2, 1 token, cache of 256": () => gpt2({ tokens: 1, past: 256 }),
  "GPT-2, prefill of 64": () => gpt2({ tokens: 64, past: 0 }),
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: "string", default: "1" },
    rounds: { type: "string", default: "7" },
    "no-native": { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    save: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
})
if (options.help) {
  const lines = readFileSync(new URL(import.meta.url), "utf8").split("\n")
  console.log(
    lines
      .slice(
        0,
        lines.findIndex((line) => !line.startsWith("//")),
      )
      .join("\n"),
  )
  process.exit(0)
}
const threads = Number(options.threads)

interface Timing {
  readonly median: number
  readonly times: readonly number[]
}

function raceOf(graph: OnnxGraph): Race {
  let state = 12345
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
  const inputs = graph.inputs.map(({ name, elementType, shape }) => {
    const sizes = shape.map(Number)
    const length = sizes.reduce((all, size) => all * size, 1)
    const values: Values =
      elementType === "int64"
        ? BigInt64Array.from({ length }, () => BigInt(Math.floor(random() * 50000)))
        : elementType === "uint8"
          ? Uint8Array.from({ length }, () => random() * 256)
          : Float32Array.from({ length }, () => random() * 2 - 1)
    return [name, { values, shape: sizes }] as const
  })
  return { graph, file: saveOnnx(graph), inputs: Object.fromEntries(inputs) }
}

/** Runs all contenders by turns, forwards and backwards, so that none is always first. */
async function race(contenders: readonly Contender[], graph: OnnxGraph, rounds: number): Promise<Timing[]> {
  const entry = raceOf(graph)
  const runners = []
  for (const contender of contenders) runners.push(await contender.start(entry))
  await requireAgreement(contenders, runners)
  // Enough runs per measurement that the clock does not matter.
  const started = performance.now()
  await runners[0].run()
  const repeats = Math.max(1, Math.min(200, Math.round(40 / (performance.now() - started))))
  const times: number[][] = contenders.map(() => [])
  for (let round = 0; round < rounds; round++) {
    const order = [...runners.keys()]
    if (round % 2 === 1) order.reverse()
    for (const at of order) {
      await runners[at].run()
      const from = performance.now()
      for (let i = 0; i < repeats; i++) await runners[at].run()
      times[at].push((performance.now() - from) / repeats)
    }
  }
  for (const runner of runners) await runner.close()
  return times.map((list) => ({ times: list, median: [...list].sort((a, b) => a - b)[list.length >> 1] }))
}

/** A contender that computes something else is not faster but wrong. */
async function requireAgreement(
  contenders: readonly Contender[],
  runners: readonly { output(): Promise<number[]> }[],
): Promise<void> {
  const [ours, ...theirs] = await Promise.all(runners.map((runner) => runner.output()))
  for (const [i, output] of theirs.entries()) {
    const size = output.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    const worst = output.reduce((most, value, at) => Math.max(most, Math.abs(value - ours[at])), 0)
    if (ours.length !== output.length || !(worst <= 2e-3 * size)) {
      throw new Error(`${contenders[i + 1].name} differs from ${contenders[0].name} by ${worst} of ${size}`)
    }
  }
}

const contenders: Contender[] = [
  onusEngine({ threads, trace: "none" }),
  onusEngine({ threads, trace: "eager" }),
  onnxruntimeWeb(threads),
  ...(options["no-native"] ? [] : [onnxruntimeNode(threads)]),
]
const results: Record<string, Record<string, number>> = {}
for (const [name, make] of Object.entries(ROWS)) {
  if (!name.includes(positionals[0] ?? "")) continue
  const timings = await race(contenders, make(), Number(options.rounds))
  const [plain, traced, web, native] = timings.map(({ median }) => median)
  const row = {
    "engine ms": plain,
    "traced ms": traced,
    "web ms": web,
    ...(native === undefined ? {} : { "native ms": native }),
    "web / engine": web / plain,
    ...(native === undefined ? {} : { "native / engine": native / plain }),
    "traced / engine": traced / plain,
  }
  results[name] = Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, Number(value.toPrecision(3))]),
  )
  console.error(name, JSON.stringify(results[name]))
}
const measured = { processor: cpus()[0].model, node: process.version, threads, results }
if (options.save) {
  const file = new URL(`results/engine-${threads}.json`, import.meta.url)
  writeFileSync(file, `${JSON.stringify(measured, null, 2)}\n`)
}
if (options.json) console.log(JSON.stringify(measured, null, 2))
else console.table(results)
process.exit(0)
