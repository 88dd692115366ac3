import type { Command } from "commander"
import { roleNames } from "../../protocol/role.ts"
import { chainTime } from "../../sdk/chain-time.ts"
import { type ProviderKey, listKeys } from "../../sdk/keys.ts"
import { readStanding } from "../../sdk/reputation.ts"
import { type Leaving, readLeaving } from "../../sdk/stake.ts"
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
          const [standing, leaving, keys, now] = await Promise.all([
            readStanding(client, provider),
            readLeaving(client, provider),
            listKeys(client, provider, fromBlock),
            chainTime(client),
          ])
          const described = keys.map((key) => describeKey(key, now))
          const data = standingData(standing, money)
          return {
            data: { ...data, ...leavingData(leaving, money), keys: described },
            lines: [
              ...fields(withUnits(data, money)),
              ...leavingLines(leaving, money),
              ...described.map(keyLine),
            ],
          }
        }),
      ),
    )
}

/** Times are null where there is nothing to wait for. */
function leavingData({ thawing, maturesAt, frozen, frozenUntil }: Leaving, { format }: Money) {
  return {
    thawsAt: thawing === 0n ? null : Number(maturesAt),
    frozen: format(frozen),
    frozenUntil: frozen === 0n ? null : Number(frozenUntil),
  }
}

function leavingLines({ thawing, maturesAt, frozen, frozenUntil }: Leaving, { show }: Money): string[] {
  return [
    ...(thawing === 0n ? [] : [`thaws at     ${showTime(maturesAt)}`]),
    ...(frozen === 0n
      ? []
      : [`frozen       ${show(frozen)} by open disputes until ${showTime(frozenUntil)}`]),
  ]
}

function describeKey({ address, from, until, roles }: ProviderKey, now: bigint) {
  const [valid, names] = [from <= now && now < until, roleNames(roles)]
  return { address, from: Number(from), until: Number(until), roles: names, valid }
}

function keyLine({ address, from, until, roles, valid }: ReturnType<typeof describeKey>): string {
  const span = `${showTime(BigInt(from))} to ${showTime(BigInt(until))}`
  return `key          ${address}  ${valid ? "valid" : "ended"}  ${span}  ${roles.join(", ")}`
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
