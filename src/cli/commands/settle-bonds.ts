import type { Command } from "commander"
import { formatEther } from "ethers"
import type { Program } from "../../engine/program/program.ts"
import type { Bundle } from "../../sdk/bundle.ts"
import { settle } from "../../sdk/game/settle.ts"
import { command, reports, withKey } from "../command.ts"
import { readBundle } from "../file.ts"
import { openGame } from "../game.ts"
import { type ModelOptions, readModel, withModel } from "../model-file.ts"
import { type ChainOptions, type SigningSession, signing } from "../session.ts"

interface SettleOptions extends ChainOptions, ModelOptions {
  readonly model: string
}

/** `onus settle`: pays the bonds of demands to whom they belong. */
export function settleCommand(): Command {
  const example = "settle answer.json --model models/digits.onnx"
  const description =
    "pay the bonds of all demands about an answer, when nothing can be convicted any more or was"
  return withModel(withKey(command("settle [options] <bundle>", description, example)))
    .argument("<bundle>", "file that holds the receipt")
    .requiredOption("--model <file>", "ONNX file of the receipt's model")
    .action(
      reports((file: string, options: SettleOptions) => {
        const program = readModel(options.model, options)
        const bundle = readBundle(file)
        return signing(options, (session) => settleAll(session, program, bundle))
      }),
    )
}

async function settleAll(session: SigningSession, program: Program, bundle: Bundle) {
  const { court, accused, state } = await openGame(session, program, bundle)
  const settled = []
  for (const { question } of state.asked.filter((demand) => !demand.settled)) {
    const { to, bond, hash } = await settle(court, accused, question)
    settled.push({ to, bond: formatEther(bond), transaction: hash })
  }
  return {
    data: { settled },
    lines:
      settled.length === 0
        ? ["no bond is left"]
        : settled.map(({ to, bond }) => `${bond} of the chain's coin to ${to}`),
  }
}
