import { Command } from "commander"
import { registerProvider } from "../../sdk/register-provider.ts"
import { deposit, readLeaving, startThaw, withdraw } from "../../sdk/stake.ts"
import { command, reports, sentReport, withKey } from "../command.ts"
import { fields } from "../output.ts"
import { type ChainOptions, signing } from "../session.ts"
import { showTime } from "../time.ts"
import { providerKeyCommand } from "./provider-key.ts"
import { seasonProviderCommand } from "./provider-season.ts"
import { showProviderCommand } from "./provider-show.ts"

/** `onus provider ...`: an identity, its keys and its money. */
export function providerCommand(): Command {
  return new Command("provider")
    .description("register, stake, manage keys, take stake out")
    .addCommand(registerCommand())
    .addCommand(stakeCommand())
    .addCommand(providerKeyCommand())
    .addCommand(showProviderCommand())
    .addCommand(seasonProviderCommand())
    .addCommand(thawCommand())
    .addCommand(withdrawCommand())
}

function registerCommand(): Command {
  const example = "provider register --uri https://provider.example/onus.json"
  return withKey(command("register [options]", "register the key's account as a provider", example))
    .option("--uri <uri>", "where metadata about the provider is served", "")
    .action(
      reports((options: ChainOptions & { uri: string }) =>
        signing(options, async ({ client, account }) => {
          const data = {
            provider: account,
            uri: options.uri,
            ...sentReport(await registerProvider(client, options.uri)),
          }
          return { data, lines: [`registered provider ${account}`, ...fields(data).slice(2)] }
        }),
      ),
    )
}

function stakeCommand(): Command {
  return withKey(
    command(
      "stake [options] <amount>",
      "deposit stake; approves the token when needed",
      "provider stake 250",
    ),
  )
    .argument("<amount>", 'whole tokens as a decimal: "250" or "12.5"')
    .action(
      reports((amount: string, options: ChainOptions) =>
        signing(options, async ({ client, money, account }) => {
          const units = money.parse(amount)
          const sent = sentReport(await deposit(client, account, units))
          const { active } = await client.onus.account(account)
          const data = {
            provider: account,
            deposited: money.format(units),
            stake: money.format(active),
            ...sent,
          }
          return {
            data,
            lines: [`staked ${money.show(units)}`, ...fields({ stake: money.show(active), ...sent })],
          }
        }),
      ),
    )
}

function thawCommand(): Command {
  const description = "start to take stake out; it stays slashable until it is withdrawn"
  return withKey(command("thaw [options] <amount>", description, "provider thaw 12.5"))
    .argument("<amount>", "whole tokens as a decimal")
    .action(
      reports((amount: string, options: ChainOptions) =>
        signing(options, async ({ client, money, account }) => {
          const sent = sentReport(await startThaw(client, money.parse(amount)))
          const { thawing, maturesAt } = await readLeaving(client, account)
          const data = {
            provider: account,
            thawing: money.format(thawing),
            maturesAt: Number(maturesAt),
            ...sent,
          }
          return {
            data,
            lines: [`thawing ${money.show(thawing)} until ${showTime(maturesAt)}`, ...fields(sent)],
          }
        }),
      ),
    )
}

function withdrawCommand(): Command {
  return withKey(command("withdraw [options]", "take thawed stake out", "provider withdraw")).action(
    reports((options: ChainOptions) =>
      signing(options, async ({ client, money, account }) => {
        const { amount, ...sent } = await withdraw(client)
        const { thawing, frozen, frozenUntil } = await readLeaving(client, account)
        const data = {
          provider: account,
          withdrawn: money.format(amount),
          thawing: money.format(thawing),
          ...sentReport(sent),
        }
        const kept = `open disputes keep ${money.show(frozen)} until ${showTime(frozenUntil)}`
        return {
          data,
          lines: [
            `withdrew ${money.show(amount)}`,
            ...(frozen === 0n ? [] : [kept]),
            ...fields(sentReport(sent)),
          ],
        }
      }),
    ),
  )
}
