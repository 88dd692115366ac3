// The whole job on a chain in this process: signed answers, a lie, a conviction. See --help.
import { statSync } from "node:fs"
import { resolve } from "node:path"
import { parseArgs, styleText } from "node:util"
import { OnusError } from "../src/protocol/errors.ts"
import { toJson } from "../src/protocol/json.ts"
import { register } from "./story/1-register.ts"
import { season } from "./story/2-season.ts"
import { serve } from "./story/3-serve.ts"
import { findLie } from "./story/4-find-lie.ts"
import { convictLie } from "./story/5-convict-lie.ts"
import { convictEquivocator } from "./story/6-convict-equivocation.ts"
import { settle } from "./story/7-settle.ts"
import { decide } from "./story/8-decide.ts"
import { convictOmitter } from "./story/9-convict-omission.ts"
import { askQuestions } from "./story/questions.ts"
import { Reporter } from "./story/reporter.ts"
import { setStage } from "./story/stage.ts"

const HELP = `Plays the story of Onus on a local chain with real parts.

  npm start                          print it as it happens
  npm start -- --image FILE.png      add a picture of your own: one digit, any size, any colours
  npm start --silent -- --json       the same as data on stdout

Exit code: 0 when the story holds, 1 when any step of it did not, 2 for wrong arguments.`

interface Options {
  readonly json: boolean
  readonly image: string | undefined
}

function readOptions(): Options {
  try {
    const { values } = parseArgs({
      options: {
        json: { type: "boolean", default: false },
        image: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    })
    if (values.help) {
      console.log(HELP)
      process.exit(0)
    }
    // npm runs scripts in the project's folder; the user may stand elsewhere.
    const image = values.image && resolve(process.env.INIT_CWD ?? "", values.image)
    if (image && !statSync(image, { throwIfNoEntry: false })?.isFile()) {
      throw new Error(`There is no file ${image}`)
    }
    return { json: values.json, image }
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`)
    process.exit(2)
  }
}

async function play({ image }: Options, reporter: Reporter): Promise<Record<string, unknown>> {
  const questions = askQuestions(image)
  const stage = await setStage()
  await register(stage, reporter)
  await season(stage, questions, reporter)
  const services = await serve(stage, questions, reporter)
  const finding = await findLie(stage, services, reporter)
  const lie = await convictLie(stage, finding, reporter)
  const equivocation = await convictEquivocator(stage, services[2], questions, reporter)
  const standings = await settle(stage, services, [lie, ...equivocation], reporter)
  await decide(stage, services, questions, reporter)
  await convictOmitter(stage, questions, reporter)
  await stage.connection.close()
  return { standings }
}

const options = readOptions()
const reporter = new Reporter(options.json)
const started = Date.now()
let outcome: Record<string, unknown>
try {
  outcome = { holds: true, ...(await play(options, reporter)) }
  reporter.line("")
  reporter.line(styleText("bold", "Gas"))
  reporter.table(
    ["transaction", "gas"],
    Object.entries(reporter.gas).map(([kind, gas]) => [kind, String(gas)]),
  )
  reporter.line("")
  reporter.line(`The story holds. ${((Date.now() - started) / 1000).toFixed(1)} s`)
  reporter.line("`npm run explorer` shows one like it in the browser.")
} catch (error) {
  const { code, message, hint } =
    error instanceof OnusError ? error : { code: "Unexpected", message: String(error) }
  outcome = { holds: false, error: { code, message, hint } }
  console.error(styleText("red", `The story does not hold. ${code}: ${message}`))
  if (hint) console.error(hint)
  if (!(error instanceof OnusError)) console.error(error)
  process.exitCode = 1
}
if (options.json) {
  const data = { ...outcome, acts: reporter.acts, gas: reporter.gas }
  console.log(toJson(data))
}
