import type { Command } from "commander"
import { type ProviderStanding, readStanding } from "../../sdk/reputation.ts"
import type { Money } from "../amount.ts"
import { command, onChain, reports } from "../command.ts"
import { table } from "../output.ts"
import { type ChainOptions, parseAddress, reading } from "../session.ts"
import { parseModelId } from "./model.ts"

/** `onus reputation`: providers side by side, by what happened to their stake. */
export function reputationCommand(): Command {
  const [ada, bob] = [
    "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
    "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
  ]
  return onChain(
    command(
      "reputation [options] <provider...>",
      "compare providers by what happened to their stake",
      `reputation ${ada} ${bob}`,
    ),
  )
    .argument("<provider...>", "addresses of providers")
    .option("--model <id>", "with this model only: a model id or an ONNX file")
    .action(
      reports((providers: string[], options: ChainOptions & { model?: string }) => {
        const modelId = options.model === undefined ? undefined : parseModelId(options.model)
        return reading(options, async ({ client, money }) => {
          const addresses = providers.map(parseAddress)
          const standings = await Promise.all(
            addresses.map((provider) => readStanding(client, provider, modelId)),
          )
          const data = standings.map((standing) => standingData(standing, money))
          return {
            data: { ...(modelId === undefined ? {} : { modelId }), token: money.symbol, providers: data },
            lines: sideBySide(data),
          }
        })
      }),
    )
}

/** A standing as data: amounts as decimals, ratios as numbers, no score where there is none. */
export function standingData(standing: ProviderStanding, { format }: Money) {
  const { provider, registered, tombstoned, faults, scored } = standing
  return {
    provider,
    status: !registered ? "unknown" : tombstoned ? "excluded" : "registered",
    score: scored ? round(standing.score) : null,
    uncertainty: round(standing.uncertainty),
    lossRatio: scored ? round(standing.lossRatio) : null,
    faults,
    stake: format(standing.active),
    locked: format(standing.locked),
    thawing: format(standing.thawing),
    capacity: format(standing.capacity),
    slashed: format(standing.slashed),
    restituted: format(standing.restituted),
  }
}

/** One column per provider. */
function sideBySide(data: readonly ReturnType<typeof standingData>[]): string[] {
  const [head, ...names] = Object.keys(data[0]) as (keyof (typeof data)[number])[]
  const row = (name: keyof (typeof data)[number]) => [
    name,
    ...data.map((one) => String(one[name] ?? "not scored")),
  ]
  return table([row(head), ...names.map(row)])
}

const round = (ratio: number): number => Math.round(ratio * 1e4) / 1e4
