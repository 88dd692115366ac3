import { Command } from "commander"
import { formatEther, parseEther } from "ethers"
import { OnusError } from "../../protocol/errors.ts"
import type { Bundle } from "../../sdk/bundle.ts"
import { readClocks, unixTime } from "../../sdk/chain-time.ts"
import { answerOmission } from "../../sdk/omission/answer.ts"
import { claimOmission } from "../../sdk/omission/claim.ts"
import { convictOmission } from "../../sdk/omission/convict.ts"
import { settleOmission } from "../../sdk/omission/settle.ts"
import { command, reports, sentReport, withKey } from "../command.ts"
import { convictionReport } from "../conviction.ts"
import { readBundle } from "../file.ts"
import { type Report, fields } from "../output.ts"
import { type ChainOptions, type SigningSession, signing } from "../session.ts"
import { showTime } from "../time.ts"

/** `onus omission ...`: an answer that was signed and never anchored. */
export function omissionCommand(): Command {
  return new Command("omission")
    .description("claim, answer and convict that a signed answer was never anchored")
    .addCommand(claimCommand())
    .addCommand(
      step("answer", "show where an answer was anchored that is claimed not to be; anyone may", answer),
    )
    .addCommand(
      step("convict", "convict a provider that did not answer a claim in time; anyone may", convict),
    )
    .addCommand(step("settle", "pay the bond of a claim to whom it belongs; anyone may", settle))
}

type Act = (session: SigningSession, bundle: Bundle, options: ClaimOptions) => Promise<Report>

interface ClaimOptions extends ChainOptions {
  readonly bond?: string
}

function claimCommand(): Command {
  const description =
    "claim that an answer was not anchored in time, and leave a bond for the provider's answer"
  return step("claim", description, claim).option(
    "--bond <amount>",
    "in whole coins of the chain (default: the price of an answer, with room)",
  )
}

function step(name: string, description: string, act: Act): Command {
  return withKey(command(`${name} [options] <bundle>`, description, `omission ${name} answer.json`))
    .argument("<bundle>", "file with the signed answer")
    .action(
      reports((file: string, options: ClaimOptions) => {
        const bundle = readBundle(file)
        return signing(options, (session) => act(session, bundle, options))
      }),
    )
}

async function claim({ client }: SigningSession, { signed }: Bundle, { bond: given }: ClaimOptions) {
  const { due, dueBlock, bond, ...sent } = await claimOmission(client, signed, parseCoins(given))
  const until = unixTime(due, await readClocks(client))
  const data = {
    due: Number(until),
    dueBlock: Number(dueBlock),
    bond: formatEther(bond),
    ...sentReport(sent),
  }
  return {
    data,
    lines: [
      `claimed; the provider may answer until ${showTime(until)} and block ${dueBlock}`,
      ...fields({ bond: `${data.bond} of the chain's coin`, ...sentReport(sent) }),
    ],
  }
}

async function answer({ client }: SigningSession, { signed, inclusion }: Bundle) {
  const sent = sentReport(await answerOmission(client, signed, inclusion))
  return { data: sent, lines: ["answered: it was anchored in time", ...fields(sent)] }
}

async function convict({ client, money }: SigningSession, { signed }: Bundle) {
  return convictionReport(await convictOmission(client, signed), money)
}

async function settle({ client }: SigningSession, { signed }: Bundle) {
  const { to, bond, ...sent } = await settleOmission(client, signed)
  const data = { to, bond: formatEther(bond), ...sentReport(sent) }
  return { data, lines: [`${data.bond} of the chain's coin to ${to}`, ...fields(sentReport(sent))] }
}

function parseCoins(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,12}(\.\d{1,18})?$/.test(text)) return parseEther(text)
  throw new OnusError("AmountInvalid", `${JSON.stringify(text)} is not an amount of the chain's coin`, {
    hint: 'Write a decimal of whole coins, such as "0.01"',
  })
}
