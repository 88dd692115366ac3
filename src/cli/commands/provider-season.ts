import type { Command } from "commander"
import { OnusError } from "../../protocol/errors.ts"
import { burnFee, mostFee } from "../../sdk/burn-fee.ts"
import { requireModel } from "../../sdk/register-model.ts"
import { command, reports, sentReport, withKey } from "../command.ts"
import { fields } from "../output.ts"
import { type ChainOptions, type SigningSession, parseAddress, signing } from "../session.ts"
import { parseModelId } from "./model.ts"

interface SeasonOptions extends ChainOptions {
  readonly provider?: string
  readonly model: string
}

/** `onus provider season`: fees that are burned let a provider's later bonds season its reputation. */
export function seasonProviderCommand(): Command {
  const provider = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
  return withKey(
    command(
      "season [options] <amount>",
      "burn a fee, so that later bonds of a provider season its reputation; anyone may",
      `provider season 0.5 --provider ${provider} --model models/digits.onnx`,
      `provider season most --provider ${provider} --model models/digits.onnx`,
    ),
  )
    .argument("<amount>", 'whole tokens as a decimal, or "most": as much as still counts of this payer')
    .option("--provider <address>", "whose reputation (default: the key's own address)")
    .requiredOption("--model <id>", "with which model: a model id or an ONNX file")
    .action(
      reports((amount: string, options: SeasonOptions) => {
        const modelId = parseModelId(options.model)
        const provider = options.provider === undefined ? undefined : parseAddress(options.provider)
        return signing(options, (session) =>
          season(session, { provider: provider ?? session.account, modelId }, amount),
        )
      }),
    )
}

async function season(
  { client, money, account }: SigningSession,
  subject: { provider: string; modelId: string },
  text: string,
) {
  await requireModel(client, subject.modelId)
  const amount = text === "most" ? await mostFee(client, account, subject) : money.parse(text)
  if (amount === 0n)
    throw new OnusError(
      "FeeAboveCap",
      `What ${account} gave for this provider and model is all that counts`,
      {
        hint: "What was given decays by half every 30 days: pay again later, or let somebody else pay",
      },
    )
  const { days, modelDays, ...sent } = await burnFee(client, account, subject, amount)
  const left = await mostFee(client, account, subject)
  const data = {
    ...subject,
    payer: account,
    burned: money.format(amount),
    days,
    modelDays,
    mostFee: money.format(left),
    ...sentReport(sent),
  }
  return {
    data,
    lines: [
      `burned ${money.show(amount)}: so many days of the minimum stake may season`,
      ...fields({
        "over all": days,
        "with the model": modelDays,
        "may pay still": money.show(left),
        ...sentReport(sent),
      }),
    ],
  }
}
