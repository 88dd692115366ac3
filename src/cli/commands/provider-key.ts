import { Command } from "commander"
import { chainTime } from "../../sdk/chain-time.ts"
import { addKey, revokeKey } from "../../sdk/keys.ts"
import { command, reports, sentReport, withKey } from "../command.ts"
import { fields } from "../output.ts"
import { type ChainOptions, parseAddress, signing } from "../session.ts"
import { parseDate, showTime } from "../time.ts"

/** `onus provider key ...`: who may sign for the provider, and when. */
export function providerKeyCommand(): Command {
  return new Command("key")
    .description("add and revoke signing keys")
    .addCommand(addKeyCommand())
    .addCommand(revokeKeyCommand())
}

function addKeyCommand(): Command {
  const example = "provider key add 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --until +30d"
  return withKey(command("add [options] <address>", "let a key sign answers from now on", example))
    .argument("<address>", "of the key; the provider's own address is a key only when added too")
    .option("--until <date>", "when it ends: 2027-01-31 or +30d", "+90d")
    .action(
      reports((address: string, options: ChainOptions & { until: string }) =>
        signing(options, async ({ client, account }) => {
          const until = parseDate(options.until, await chainTime(client))
          const key = parseAddress(address)
          const sent = sentReport(await addKey(client, key, until))
          const data = { provider: account, key, until: Number(until), ...sent }
          return { data, lines: [`key ${key} may sign until ${showTime(until)}`, ...fields(sent)] }
        }),
      ),
    )
}

function revokeKeyCommand(): Command {
  const example = "provider key revoke 0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
  const description = "end a key's validity now; what it signed before stays evidence"
  return withKey(command("revoke [options] <address>", description, example))
    .argument("<address>", "of the key")
    .action(
      reports((address: string, options: ChainOptions) =>
        signing(options, async ({ client, account }) => {
          const key = parseAddress(address)
          const sent = sentReport(await revokeKey(client, key))
          return {
            data: { provider: account, key, ...sent },
            lines: [`key ${key} is revoked`, ...fields(sent)],
          }
        }),
      ),
    )
}
