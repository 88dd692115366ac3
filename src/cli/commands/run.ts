import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { type Command, InvalidArgumentError } from "commander"
import { OnusError } from "../../protocol/errors.ts"
import { type Execution, type Inputs, TYPE_NAMES } from "../../engine/executor.ts"
import type { OnnxTensor } from "../../engine/onnx/graph.ts"
import { encodeTensorFile } from "../../engine/onnx/tensor-file.ts"
import { lowerWith } from "../../engine/program/freeze.ts"
import type { Port, Program } from "../../engine/program/program.ts"
import { commit } from "../../engine/trace/commitment.ts"
import { Engine, type EngineOptions } from "../../engine/wasm/engine.ts"
import { outputData, outputLines, outputsOf } from "../answer.ts"
import { command, reports } from "../command.ts"
import { readGraph, writeAtomically } from "../file.ts"
import { inputsOf, readTensors } from "../input.ts"
import { type ModelOptions, closed, collect, withModel } from "../model-file.ts"
import { fields } from "../output.ts"
import { Stopwatch } from "../stopwatch.ts"

interface RunOptions extends ModelOptions {
  readonly input: readonly string[]
  readonly out?: string
  readonly threads: number
}

/** Outputs with more values than this are not printed as JSON: `--out` writes them. */
const PRINTED = 1000

/** `onus run`: what does this model answer, and what would a receipt commit to? */
export function runCommand(): Command {
  const example = "run models/digits.onnx --input image=models/samples/7-chalk.png --out answer"
  return withModel(command("run [options] <file>", "run an ONNX model and show its commitments", example))
    .argument("<file>", "ONNX file")
    .option(
      "--input <name=file>",
      "values of an input: .pb, .npy, .json or .png; once per input",
      collect,
      [],
    )
    .option("--out <folder>", "write every output there, as NAME.pb (a TensorProto)")
    .option("--threads <n>", "threads that compute", parseThreads, 1)
    .action(reports(run))
}

async function run(file: string, options: RunOptions) {
  const watch = new Stopwatch()
  const graph = readGraph(file)
  const constants = readTensors(graph.inputs, options.constant)
  const given = readTensors(graph.inputs, options.input)
  watch.lap("load")
  // An input that says what the program is (a shape, an axis) becomes part of the model.
  const { program, constants: frozen } = lowerWith(closed(graph, constants, options.dim, given), given)
  watch.lap("lower")
  const rest = new Map([...given].filter(([name]) => !frozen.includes(name)))
  const execution = await executed(program, inputsOf(program, rest), options)
  watch.lap("run")
  const commitment = commit(execution)
  const facts = {
    modelId: program.modelId,
    inputCommitment: commitment.inputRoot,
    outputCommitment: commitment.outputRoot,
    // As a tree: a receipt binds it to the request.
    traceCommitment: commitment.traceRoot,
  }
  watch.lap("commit")
  const files = options.out === undefined ? [] : writeOutputs(options.out, execution)
  const outputs = outputsOf(execution)
  const printed = outputData(outputs)
  const described = program.outputs.map(({ name, shape, tensor }, i) => ({
    name,
    type: TYPE_NAMES[tensor.type],
    shape,
    ...(tensor.length > PRINTED ? {} : { values: printed[name] }),
    ...(files[i] === undefined ? {} : { file: files[i] }),
  }))
  const constantInputs = [...constants.keys(), ...frozen]
  const seconds = Object.entries(watch.laps).map(([name, ms]) => `${name} ${ms.toFixed(1)} ms`)
  return {
    data: { ...facts, constants: constantInputs, outputs: described, timings: watch.laps },
    lines: [
      ...outputLines(outputs),
      ...fields({
        ...facts,
        ...(constantInputs.length > 0 ? { constants: constantInputs.join(", ") } : {}),
        ...(files.length > 0 ? { written: files.join(", ") } : {}),
        timings: seconds.join(", "),
      }),
    ],
  }
}

async function executed(program: Program, inputs: Inputs, options: EngineOptions): Promise<Execution> {
  const engine = await Engine.create(program, options)
  try {
    return await engine.run(inputs, "eager")
  } finally {
    await engine.close()
  }
}

/** Writes every output as `FOLDER/NAME.pb`. @throws OnusError `FileNotWritten`. */
function writeOutputs(folder: string, execution: Execution): string[] {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (cause) {
    throw new OnusError("FileNotWritten", `${folder}: ${(cause as Error).message}`, { cause })
  }
  const names = fileNames(execution.program.outputs.map(({ name }) => name))
  return execution.program.outputs.map((port, i) => {
    const path = join(folder, `${names[i]}.pb`)
    writeAtomically(path, encodeTensorFile(tensorOf(port, execution)))
    return path
  })
}

/** Names of a stranger must neither lead out of the folder nor, on any system, be one file. */
export function fileNames(names: readonly string[]): string[] {
  const taken = new Set<string>()
  return names.map((name) => {
    // Every control character, and what means something in a path on some system.
    const safe = name.replaceAll(/[\p{Cc}/\\:*?"<>|]/gu, "_").replace(/^\.+/, "_")
    let own = safe
    for (let i = 2; taken.has(own.toLowerCase()); i++) own = `${safe}_${i}`
    taken.add(own.toLowerCase())
    return own
  })
}

function tensorOf({ name, shape, tensor }: Port, execution: Execution): OnnxTensor {
  const data = new Uint8Array(execution.bytes(tensor))
  return { name, elementType: TYPE_NAMES[tensor.type], dims: shape, data }
}

function parseThreads(text: string): number {
  const threads = Number(text)
  if (Number.isInteger(threads) && threads >= 1 && threads <= 64) return threads
  throw new InvalidArgumentError("A number from 1 to 64.")
}
