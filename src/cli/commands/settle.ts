import type { Command } from "commander"
import { OnusError } from "../../protocol/errors.ts"
import { type Share, claim } from "../../sdk/claim.ts"
import { release } from "../../sdk/release.ts"
import { requireRegistry } from "../../sdk/verify.ts"
import { command, reports, sentReport, withKey } from "../command.ts"
import { readBundle } from "../file.ts"
import { fields } from "../output.ts"
import { type ChainOptions, signing } from "../session.ts"

/** `onus release`: the window is over, the stake is free again. */
export function releaseCommand(): Command {
  const description = "give the bond of an answer's batch back after its window, and book the reputation"
  return withKey(command("release [options] <bundle>", description, "release answer.json"))
    .argument("<bundle>", "any answer of the batch")
    .action(
      reports((file: string, options: ChainOptions) => {
        const { signed, inclusion } = readBundle(file)
        return signing(options, async ({ client, money }) => {
          requireRegistry(client.registry, signed.registry)
          const { bond, ...sent } = await release(client, signed, inclusion)
          const data = {
            provider: signed.receipt.provider,
            released: money.format(bond),
            ...sentReport(sent),
          }
          return {
            data,
            lines: [
              `released ${money.show(bond)}`,
              ...fields({ provider: data.provider, ...sentReport(sent) }),
            ],
          }
        })
      }),
    )
}

/** `onus claim`: what a conviction owes, after the escrow. */
export function claimCommand(): Command {
  const payout = `0x${"ab".repeat(32)}`
  return withKey(
    command("claim [options] <payout>", "pay out what a conviction owes", `claim ${payout} --reward`),
  )
    .argument("<payout>", "the payoutId that the conviction printed")
    .option("--restitution", "only the consumer's part")
    .option("--reward", "only the challenger's part")
    .action(
      reports((payoutId: string, options: ChainOptions & { restitution?: boolean; reward?: boolean }) => {
        if (!/^0x[0-9a-fA-F]{64}$/.test(payoutId)) {
          throw new OnusError(
            "PayoutIdInvalid",
            `${JSON.stringify(payoutId)} is not 0x and 64 hexadecimal digits`,
          )
        }
        const named = (["restitution", "reward"] as const).filter((share: Share) => options[share])
        return signing(options, async ({ client, money }) => {
          const claimed = await claim(client, payoutId, named.length === 0 ? undefined : named)
          const data = claimed.map(({ share, to, amount, ...sent }) => ({
            share,
            to,
            amount: money.format(amount),
            ...sentReport(sent),
          }))
          const lines = claimed.map(
            ({ share, to, amount }) => `paid ${share} of ${money.show(amount)} to ${to}`,
          )
          return { data: { payoutId, claimed: data }, lines }
        })
      }),
    )
}
