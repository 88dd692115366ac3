import { Command } from "commander"
import { OnusError } from "../../protocol/errors.ts"
import type { Port, Program } from "../../engine/program/program.ts"
import { findUnprovable } from "../../engine/program/proof-cost.ts"
import { modelRegisteredAt, registerModel } from "../../sdk/register-model.ts"
import { command, onChain, reports, sentReport, withKey } from "../command.ts"
import { readModel } from "../file.ts"
import { fields } from "../output.ts"
import { type ChainOptions, reading, signing } from "../session.ts"
import { showTime } from "../time.ts"

/** `onus model ...`: programs that answers are judged by. */
export function modelCommand(): Command {
  return new Command("model")
    .description("register ONNX models and look them up")
    .addCommand(addModelCommand())
    .addCommand(showModelCommand())
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
  return withKey(command("add [options] <file>", "register an ONNX model", "model add models/digits.onnx"))
    .argument("<file>", "ONNX file")
    .option("--uri <uri>", "where the file is served: nobody can challenge what they cannot fetch", "")
    .action(
      reports((file: string, options: ChainOptions & { uri: string }) => {
        const program = readModel(file)
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
  return onChain(
    command(
      "show [options] <model>",
      "a model's id, shapes and registration",
      "model show models/digits.onnx",
    ),
  )
    .argument("<model>", "ONNX file or model id")
    .action(
      reports((model: string, options: ChainOptions) => {
        const program = model.startsWith("0x") ? undefined : readModel(model)
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
