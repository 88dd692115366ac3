import type { Command } from "commander"
import { OnusError } from "../../protocol/errors.ts"
import { type Share, claim, payoutIdOf } from "../../sdk/claim.ts"
import { requireRegistry } from "../../sdk/verify.ts"
import { command, reports, sentReport, withKey } from "../command.ts"
import { readBundle } from "../file.ts"
import { fields } from "../output.ts"
import { type ChainOptions, type SigningSession, signing } from "../session.ts"

interface ClaimOptions extends ChainOptions {
  readonly restitution?: boolean
  readonly reward?: boolean
  readonly burn?: boolean
}

/** `onus claim`: what a conviction owes, after the escrow. */
export function claimCommand(): Command {
  const payout = `0x${"ab".repeat(32)}`
  const description = "pay out what a conviction owes, to whom it belongs; anyone may"
  return withKey(
    command("claim [options] <payout>", description, "claim answer.json", `claim ${payout} --reward`),
  )
    .argument("<payout>", "file with the convicted answer, or the payoutId that the conviction printed")
    .option("--restitution", "only the consumer's part; needs the file")
    .option("--reward", "only the challenger's part")
    .option("--burn", "only what belongs to nobody: it is burned")
    .action(
      reports((payout: string, options: ClaimOptions) => {
        const found = finderOf(payout)
        return signing(options, (session) => claimFrom(session, found, options))
      }),
    )
}

/** Where a payout is looked up: what is wrong with a file or an id is said before a key is needed. */
function finderOf(payout: string) {
  if (/^0x[0-9a-fA-F]{64}$/.test(payout)) return { payoutId: payout }
  if (!/^(0x|\d+$)/.test(payout)) return readBundle(payout)
  throw new OnusError("PayoutIdInvalid", `${JSON.stringify(payout)} is not 0x and 64 hexadecimal digits`, {
    hint: "Write the payoutId that the conviction printed, or name the file with the convicted answer",
  })
}

async function claimFrom(
  { client, money }: SigningSession,
  found: ReturnType<typeof finderOf>,
  options: ClaimOptions,
) {
  if ("signed" in found) requireRegistry(client.registry, found.signed.registry)
  const receipt = "signed" in found ? found.signed.receipt : undefined
  const payoutId = "signed" in found ? await payoutIdOf(client, found.signed.receipt) : found.payoutId
  const named: readonly Share[] = [
    ...(options.restitution ? (["restitution"] as const) : []),
    ...(options.reward ? (["reward"] as const) : []),
    ...(options.burn ? (["burnable"] as const) : []),
  ]
  const claimed = await claim(client, payoutId, { shares: named.length === 0 ? undefined : named, receipt })
  const data = claimed.map(({ share, to, amount, ...sent }) => ({
    share,
    ...(to === undefined ? {} : { to }),
    amount: money.format(amount),
    ...sentReport(sent),
  }))
  const lines = claimed.flatMap(({ share, to, amount, ...sent }) => [
    to === undefined ? `burned ${money.show(amount)}` : `paid ${share} of ${money.show(amount)} to ${to}`,
    ...fields(sentReport(sent)),
  ])
  return { data: { payoutId, claimed: data }, lines }
}
