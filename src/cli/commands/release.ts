import type { Command } from "commander"
import { release } from "../../sdk/release.ts"
import { requireRegistry } from "../../sdk/verify.ts"
import { command, reports, sentReport, withKey } from "../command.ts"
import { readBundle } from "../file.ts"
import { fields } from "../output.ts"
import { type ChainOptions, type SigningSession, signing } from "../session.ts"
import type { Bundle } from "../../sdk/bundle.ts"

/** `onus release`: the window is over, the stake is free again. */
export function releaseCommand(): Command {
  const description = "give the bonds of answers' batches back after their windows, and book the reputation"
  return withKey(command("release [options] <bundle...>", description, "release answer.json"))
    .argument("<bundle...>", "any answer of each batch; one that was disputed for a bond of its own")
    .action(
      reports((files: string[], options: ChainOptions) => {
        const bundles = files.map(readBundle)
        return signing(options, (session) => releaseAll(session, bundles))
      }),
    )
}

async function releaseAll({ client, money }: SigningSession, bundles: readonly Bundle[]) {
  for (const { signed } of bundles) requireRegistry(client.registry, signed.registry)
  const placed = bundles.map(({ signed, inclusion }) => ({ receipt: signed.receipt, inclusion }))
  const released = await release(client, placed)
  const bonds = released.flatMap((one) => one.bonds)
  const total = bonds.reduce((sum, { bond }) => sum + bond, 0n)
  const data = {
    released: money.format(total),
    bonds: bonds.map(({ bond, ...rest }) => ({ ...rest, bond: money.format(bond) })),
    transactions: released.map(sentReport),
  }
  return {
    data,
    lines: [`released ${money.show(total)}`, ...released.flatMap((one) => fields(sentReport(one)))],
  }
}
