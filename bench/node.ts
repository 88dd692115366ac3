// What accountability costs a request: `npm run bench:node -- [options]`.
//
//   --model NAME     digits (default) or mobilenet
//   --rate N         requests per second, for latency, all servers together (default 150; 15 for mobilenet)
//   --count N        requests to each server, for latency (default 2000; 200 for mobilenet)
//   --sustained N    receipts, as fast as they can be had (default 20000; 200 for mobilenet)
//   --workers N      threads that run models (default 1)
//   --trace KIND     eager (default), or lazy: receipts commit to no trace until somebody asks
//   --no-native      leave out onnxruntime-node
//   --save           keep the data in bench/results/
//
// Three servers in one process take turns: answers with receipts (claim on the disk of SQLite, signature), plain answers by the
// same engine and HTTP stack, and onnxruntime-node behind the same HTTP stack. Clients are another process. Tensors are binary.
import { fork } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { cpus } from "node:os"
import { parseArgs } from "node:util"
import { loadOnnx } from "../src/engine/onnx/load.ts"
import { saveOnnx } from "../src/engine/onnx/save.ts"
import { lower } from "../src/engine/program/lower.ts"
import { inputLength } from "../src/pool/inputs.ts"
import type { ServedModel } from "../src/provider/serve/model.ts"
import { mobilenetV2 } from "./networks/vision.ts"
import { accountable, onnxruntime, plain } from "./node/contestants.ts"
import type { Order, Outcome } from "./node/load.ts"

const { values: options } = parseArgs({
  options: {
    model: { type: "string", default: "digits" },
    rate: { type: "string" },
    count: { type: "string" },
    sustained: { type: "string" },
    workers: { type: "string", default: "1" },
    trace: { type: "string", default: "eager" },
    "no-native": { type: "boolean", default: false },
    save: { type: "boolean", default: false },
  },
})
const isLarge = options.model === "mobilenet"
const rate = Number(options.rate ?? (isLarge ? 15 : 150))
const count = Number(options.count ?? (isLarge ? 200 : 2000))
const sustained = Number(options.sustained ?? (isLarge ? 200 : 20_000))
const workers = Number(options.workers)

const graph = isLarge
  ? mobilenetV2()
  : loadOnnx(readFileSync(new URL("../models/digits.onnx", import.meta.url)))
const model: ServedModel = {
  name: "model",
  program: lower(graph),
  trace: options.trace === "lazy" ? "lazy" : "eager",
}

/** A request with raw tensors, as bytes on the wire. */
function requestFor({ program }: ServedModel): Uint8Array {
  const [{ name, shape }] = program.inputs
  const bytes = inputLength(program)
  const values = Float32Array.from({ length: bytes / 4 }, (_, i) => Math.sin(i))
  const tensor = { name, shape, datatype: "FP32", parameters: { binary_data_size: bytes } }
  const json = JSON.stringify({ inputs: [tensor], parameters: { binary_data_output: true } })
  const head = [
    "POST /v2/models/model/infer HTTP/1.1",
    "Host: bench",
    "Content-Type: application/octet-stream",
    `Inference-Header-Content-Length: ${json.length}`,
    `Content-Length: ${json.length + bytes}`,
  ]
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n${json}`), Buffer.from(values.buffer)])
}

const clients = fork(new URL("./node/load.ts", import.meta.url), { serialization: "advanced" })
function order(what: Order): Promise<Outcome> {
  return new Promise((resolve) => {
    clients.once("message", (outcome) => resolve(outcome as Outcome))
    clients.send(what)
  })
}

function quantile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
}

const request = requestFor(model)
const contestants = [
  await accountable(model, workers),
  await plain(model, workers),
  ...(options["no-native"] ? [] : [await onnxruntime(model, saveOnnx(graph))]),
]
const targets = contestants.map(({ port }) => ({ port, request }))
await order({ targets, pace: { rate }, count: Math.ceil(count / 10) })
const { times, failures: refused } = await order({ targets, pace: { rate }, count })
const failures = [...refused]
const rows = contestants.map(({ name }, i) => ({
  name,
  "median ms": quantile(times[i], 0.5),
  "p99 ms": quantile(times[i], 0.99),
}))
const round = (value: number) => Number(value.toPrecision(3))
const [with_, without] = rows
const cost = {
  "median ms": round(with_["median ms"] - without["median ms"]),
  "p99 ms": round(with_["p99 ms"] - without["p99 ms"]),
}

const PORTIONS = 10
const memory: number[] = []
const speeds: Record<string, number> = {}
const work: Record<string, number> = {}
for (const [i, { name }] of contestants.entries()) {
  const before = process.cpuUsage()
  let seconds = 0
  for (let portion = 0; portion < PORTIONS; portion++) {
    const outcome = await order({
      targets: [targets[i]],
      pace: { connections: 32 },
      count: Math.ceil(sustained / PORTIONS),
    })
    failures.push(...outcome.failures)
    seconds += outcome.seconds
    if (i === 0) memory.push(Math.round(process.memoryUsage().rss / 2 ** 20))
  }
  const { user, system } = process.cpuUsage(before)
  speeds[name] = round(sustained / seconds)
  work[name] = round((user + system) / 1000 / sustained)
}
if (failures.length > 0) throw new Error(`${failures.length} requests failed: ${failures[0]}`)

const measured = {
  processor: cpus()[0].model,
  node: process.version,
  model: options.model,
  workers,
  trace: model.trace,
  rate,
  sustained,
  latency: rows.map((row) => ({
    ...row,
    "median ms": round(row["median ms"]),
    "p99 ms": round(row["p99 ms"]),
  })),
  "cost of accountability": cost,
  "answers per second": speeds,
  // Of all threads of the server: what is left of the machine does not matter to it.
  "processor ms per answer": work,
  // Whether it grows with the number of receipts.
  "MiB after each tenth": memory,
}
console.log(JSON.stringify(measured, null, 2))
if (options.save) {
  const file = new URL(`results/node-${options.model}.json`, import.meta.url)
  writeFileSync(file, `${JSON.stringify(measured, null, 2)}\n`)
}
clients.disconnect()
for (const contestant of contestants) await contestant.close()
process.exit(0)
