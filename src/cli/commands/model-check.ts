import { type Command, InvalidArgumentError } from "commander"
import { completeInputs, seededDraw } from "../../engine/audit/sample.ts"
import type { Execution, Inputs } from "../../engine/executor.ts"
import { lowerWith } from "../../engine/program/freeze.ts"
import type { Program } from "../../engine/program/program.ts"
import { validateProgram } from "../../engine/program/validate.ts"
import { commit } from "../../engine/trace/commitment.ts"
import { Engine } from "../../engine/wasm/engine.ts"
import { isOnusError } from "../../protocol/errors.ts"
import { type SampledStep, checkStep } from "../check/check-steps.ts"
import { type CheckReport, invalidReport, report } from "../check/report.ts"
import { Ticker } from "../check/ticker.ts"
import { type StepCost, stepCosts } from "../../engine/program/provable.ts"
import { command, reports } from "../command.ts"
import { ExitCode } from "../exit-code.ts"
import { readGraph } from "../file.ts"
import { inputsOf, readTensors } from "../input.ts"
import { type ModelOptions, closed, collect, withModel } from "../model-file.ts"

interface CheckOptions extends ModelOptions {
  readonly input: readonly string[]
  readonly samples: number
  readonly seed: number
}

/** `onus model check`: could every number of this model be proven wrong, and does the contract agree with the engine? */
export function checkModelCommand(): Command {
  const description = "whether the contract can judge every number of a model, and agrees on samples"
  const example = "model check models/digits.onnx --samples 2"
  return withModel(command("check [options] <file>", description, example))
    .argument("<file>", "ONNX file")
    .option("--input <name=file>", "values of an input (default: random); once per input", collect, [])
    .option("--samples <n>", "elements of every step that the contract recomputes", wholeNumber, 2)
    .option("--seed <n>", "what random inputs and elements follow from", wholeNumber, 1)
    .action(
      reports(async (file: string, options: CheckOptions) => {
        const checked = await checkModel(file, options)
        if (!checked.data.holds) process.exitCode = ExitCode.Unexpected
        return checked
      }),
    )
}

async function checkModel(file: string, options: CheckOptions): Promise<CheckReport> {
  const { program, inputs } = readWithInputs(file, options)
  const invalid = problemOf(program)
  if (invalid !== undefined) return invalidReport(program, invalid)
  const { seed, samples } = options
  const costs = stepCosts(program)
  const sampled = samples > 0 ? await sampleSteps(program, inputs, costs, options) : []
  return report({ program, seed, costs, sampled: new Map(sampled.map((one) => [one.step, one])) })
}

/** The model with values for its inputs: those of the command line, and random ones for the rest. */
function readWithInputs(file: string, { input, constant, dim, seed }: CheckOptions) {
  const graph = readGraph(file)
  const given = readTensors(graph.inputs, input)
  const { program } = lowerWith(closed(graph, readTensors(graph.inputs, constant), dim, given), given)
  const known = inputsOf({ inputs: program.inputs.filter(({ name }) => given.has(name)) }, given)
  return { program, inputs: completeInputs(program, known, seededDraw(seed)) }
}

function problemOf(program: Program): string | undefined {
  try {
    validateProgram(program)
    return undefined
  } catch (error) {
    if (isOnusError(error, "ProgramInvalid")) return error.message
    throw error
  }
}

/** Has the contract judge elements of every step that can be proven, and says how far it is. */
async function sampleSteps(
  program: Program,
  inputs: Inputs,
  costs: readonly StepCost[],
  { samples, seed }: CheckOptions,
): Promise<SampledStep[]> {
  const { LocalReferee } = await import("../check/local-referee.ts")
  const referee = await LocalReferee.open()
  try {
    const ticker = new Ticker()
    ticker.say(`running ${costs.length} steps`)
    const run = await executed(program, inputs)
    const commitment = commit(run)
    const draw = seededDraw(seed)
    const sampled: SampledStep[] = []
    for (const { step, transactions } of costs) {
      ticker.tick(`judging step ${step + 1} of ${costs.length}`)
      if (transactions === undefined) continue
      sampled.push(await checkStep(referee, run, commitment, step, samples, draw))
    }
    return sampled
  } finally {
    await referee.close()
  }
}

async function executed(program: Program, inputs: Inputs): Promise<Execution> {
  const engine = await Engine.create(program)
  try {
    return await engine.run(inputs, "kept")
  } finally {
    await engine.close()
  }
}

/** @throws InvalidArgumentError, which commander tells with the name of the option. */
function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError("It must be a whole number below 10^9.")
}
