import { Command } from "commander"
import type { OnnxGraph } from "../../engine/onnx/graph.ts"
import type { Port, Program } from "../../engine/program/program.ts"
import { findUnprovable } from "../../engine/program/provable.ts"
import { validateProgram } from "../../engine/program/validate.ts"
import { modelRegisteredAt, registerModel } from "../../sdk/register-model.ts"
import { command, onChain, reports, sentReport, withKey } from "../command.ts"
import { inspect } from "../../engine/program/inspect.ts"
import { OnusError, isOnusError } from "../../protocol/errors.ts"
import { readGraph } from "../file.ts"
import { readTensors } from "../input.ts"
import { type ModelOptions, closed, readModel, withModel } from "../model-file.ts"
import { fields, table } from "../output.ts"
import { checkModelCommand } from "./model-check.ts"
import { type ChainOptions, reading, signing } from "../session.ts"
import { showTime } from "../time.ts"

/** `onus model ...`: programs that answers are judged by. */
export function modelCommand(): Command {
  return new Command("model")
    .description("register ONNX models and look them up")
    .addCommand(addModelCommand())
    .addCommand(showModelCommand())
    .addCommand(inspectModelCommand())
    .addCommand(checkModelCommand())
}

/** A model id as given, or that of an ONNX file. @throws OnusError `ModelIdInvalid`. */
export function parseModelId(text: string): string {
  if (/^0x[0-9a-fA-F]{64}$/.test(text)) return text.toLowerCase()
  if (!text.startsWith("0x")) return readModel(text).modelId
  throw new OnusError("ModelIdInvalid", `${JSON.stringify(text)} is not a model id`, {
    hint: "Write 0x and 64 hexadecimal digits, or name the ONNX file",
  })
}

function addModelCommand(): Command {
  const example = "model add models/digits.onnx"
  return withModel(withKey(command("add [options] <file>", "register an ONNX model", example)))
    .argument("<file>", "ONNX file")
    .option("--uri <uri>", "where the file is served: nobody can challenge what they cannot fetch", "")
    .action(
      reports((file: string, options: ChainOptions & ModelOptions & { uri: string }) => {
        const program = readModel(file, options)
        validateProgram(program)
        return signing(options, async ({ client }) => {
          const sent = sentReport(await registerModel(client, program, options.uri))
          const { modelId } = program
          return {
            data: { modelId, uri: options.uri, ...sent },
            lines: [`registered model ${modelId}`, ...fields(sent)],
          }
        })
      }),
    )
}

function showModelCommand(): Command {
  const example = "model show models/digits.onnx"
  return withModel(
    onChain(command("show [options] <model>", "a model's id, shapes and registration", example)),
  )
    .argument("<model>", "ONNX file or model id")
    .action(
      reports((model: string, options: ChainOptions & ModelOptions) => {
        const program = model.startsWith("0x") ? undefined : readModel(model, options)
        const modelId = program?.modelId ?? parseModelId(model)
        return reading(options, async ({ client }) => {
          const at = await modelRegisteredAt(client, modelId)
          const registered = at === 0n ? "no" : `since ${showTime(at)}`
          const data = {
            modelId,
            registeredAt: at === 0n ? null : Number(at),
            ...(program ? shapes(program) : {}),
          }
          return {
            data,
            lines: [...fields({ modelId, registered }), ...(program ? shapeLines(program) : [])],
          }
        })
      }),
    )
}

function inspectModelCommand(): Command {
  const example = "model inspect models/digits.onnx"
  return withModel(
    command("inspect [options] <file>", "what an ONNX model consists of, and what is not supported", example),
  )
    .argument("<file>", "ONNX file")
    .action(reports(inspectModel))
}

function inspectModel(file: string, options: ModelOptions) {
  const graph = readGraph(file)
  const { operators, unsupported, ...counts } = inspect(closable(graph, options))
  const data = {
    opset: graph.opset,
    inputs: graph.inputs.map(({ name, elementType, shape }) => ({ name, type: elementType, shape })),
    outputs: graph.outputs.map(({ name }) => name),
    operators,
    parameters: counts.parameters,
    multiplyAccumulates: counts.multiplyAccumulates ?? null,
    steps: counts.steps ?? null,
    supported: unsupported.length === 0,
    unsupported,
  }
  const shown = data.inputs.map(({ name, type, shape }) => `${name} ${type} [${shape.join(", ")}]`)
  return {
    data,
    lines: [
      ...fields({
        opset: data.opset,
        inputs: shown.join("; "),
        outputs: data.outputs.join("; "),
        parameters: data.parameters,
        "multiply-accumulates": data.multiplyAccumulates ?? "unknown",
        steps: data.steps ?? "unknown",
        supported: data.supported ? "yes" : "no",
      }),
      ...unsupported.map((reason) => `not supported: ${reason}`),
      "",
      ...table([["operator", "nodes"], ...Object.entries(operators).map(([name, n]) => [name, String(n)])]),
    ],
  }
}

/** The graph with its dimensions closed as far as the command line says; the rest is for the inspection to name. */
function closable(graph: OnnxGraph, { dim, constant }: ModelOptions): OnnxGraph {
  try {
    return closed(graph, readTensors(graph.inputs, constant), dim)
  } catch (error) {
    if (isOnusError(error, "DimensionMissing")) return graph
    throw error
  }
}

const port = ({ name, shape }: Port) => ({ name, shape })

/** The step of which no element can be convicted is given with what its proof would take. */
function shapes(program: Program) {
  const { inputs, outputs, steps } = program
  const unprovable = findUnprovable(program)
  return {
    inputs: inputs.map(port),
    outputs: outputs.map(port),
    steps: steps.length,
    provable: unprovable === undefined,
    ...(unprovable ? { unprovable } : {}),
  }
}

function shapeLines(program: Program): string[] {
  const { inputs, outputs, steps } = program
  const unprovable = findUnprovable(program)
  const line = (kind: string, { name, shape }: Port) => `${kind.padEnd(12)}${name} [${shape.join(", ")}]`
  return [
    ...inputs.map((one) => line("input", one)),
    ...outputs.map((one) => line("output", one)),
    `${"steps".padEnd(12)}${steps.length}`,
    `${"provable".padEnd(12)}${unprovable ? `no: a proof about step ${unprovable.step} may take ${unprovable.bytes} bytes and ${unprovable.gas} gas` : "yes"}`,
  ]
}
