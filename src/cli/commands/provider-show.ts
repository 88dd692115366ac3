import type { Command } from "commander"
import { chainTime } from "../../sdk/chain-time.ts"
import { type SigningKey, listKeys } from "../../sdk/keys.ts"
import { readStanding } from "../../sdk/reputation.ts"
import type { Money } from "../amount.ts"
import { command, onChain, reports } from "../command.ts"
import { fields } from "../output.ts"
import { type ChainOptions, parseAddress, reading } from "../session.ts"
import { showTime } from "../time.ts"
import { standingData } from "./reputation.ts"

/** `onus provider show`: everything the chain knows about a provider. */
export function showProviderCommand(): Command {
  const example = "provider show 0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
  return onChain(command("show [options] <address>", "stake, record and keys of a provider", example))
    .argument("<address>", "of the provider")
    .action(
      reports((address: string, options: ChainOptions) =>
        reading(options, async ({ client, money, fromBlock }) => {
          const provider = parseAddress(address)
          const [standing, keys, now] = await Promise.all([
            readStanding(client, provider),
            listKeys(client, provider, fromBlock),
            chainTime(client),
          ])
          const described = keys.map((key) => describeKey(key, now))
          const data = standingData(standing, money)
          return {
            data: { ...data, keys: described },
            lines: [...fields(withUnits(data, money)), ...described.map(keyLine)],
          }
        }),
      ),
    )
}

function describeKey({ address, from, until }: SigningKey, now: bigint) {
  return { address, from: Number(from), until: Number(until), valid: from <= now && now < until }
}

function keyLine({ address, from, until, valid }: ReturnType<typeof describeKey>): string {
  const span = `${showTime(BigInt(from))} to ${showTime(BigInt(until))}`
  return `key          ${address}  ${valid ? "valid" : "ended"}  ${span}`
}

function withUnits(data: ReturnType<typeof standingData>, { symbol }: Money) {
  const money = ["stake", "locked", "thawing", "capacity", "slashed", "restituted"]
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [
      name,
      money.includes(name) ? `${value} ${symbol}` : (value ?? "not scored"),
    ]),
  )
}
