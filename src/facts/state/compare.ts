import { OnusError } from "../../protocol/errors.ts"
import type { AsOf, Facts, ProviderFacts } from "../source.ts"
import { type Column, type Measure, measuresOf } from "./measures.ts"

export type { Measure } from "./measures.ts"

/** As many columns as people can hold beside each other. */
export const MOST_COMPARED = 4

/** Providers side by side. */
export interface Comparison {
  readonly asOf: AsOf
  readonly model: string | null
  readonly providers: readonly ProviderFacts[]
  readonly measures: readonly Measure[]
}

/**
 * Sets two to four providers side by side: with one model, or over all.
 *
 * @throws OnusError `ComparisonInvalid` when it is another number of them, or one twice; `ProviderUnknown`.
 */
export async function compareProviders(
  facts: Facts,
  ids: readonly string[],
  model?: string,
): Promise<Comparison> {
  const wanted = ids.map((id) => id.toLowerCase())
  if (wanted.length < 2 || wanted.length > MOST_COMPARED || new Set(wanted).size < wanted.length)
    throw new OnusError(
      "ComparisonInvalid",
      `${wanted.length} providers, ${new Set(wanted).size} of them different`,
      {
        hint: `Name two to ${MOST_COMPARED} different providers`,
      },
    )
  const read = () => Promise.all(wanted.map((id) => columnOf(facts, id, model?.toLowerCase())))
  const first = await read()
  // Some of an index and some of the chain, if it was left meanwhile: then all of the chain.
  const columns = new Set(first.map(({ asOf }) => asOf.origin)).size > 1 ? await read() : first
  const asOf = columns.map((column) => column.asOf).toSorted((a, b) => a.block - b.block)[0]
  return {
    asOf,
    model: model?.toLowerCase() ?? null,
    providers: columns.map(({ provider }) => provider),
    measures: measuresOf(columns),
  }
}

async function columnOf(facts: Facts, id: string, model: string | undefined): Promise<Column> {
  const { asOf, data: provider } = await facts.provider(id)
  if (!provider)
    throw new OnusError("ProviderUnknown", `There is no provider ${id}`, {
      hint: "Take an id that `providers` lists",
    })
  if (model === undefined) return { asOf, provider, service: provider }
  const services = await facts.services(id)
  return { asOf, provider, service: services.data.find((one) => one.model === model) ?? null }
}
