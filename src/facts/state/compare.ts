import { OnusError } from "../../protocol/errors.ts"
import type { AsOf, Facts, ProviderFacts, ServiceFacts } from "../source.ts"
import { scoreInWords } from "./score.ts"

/** As many columns as people can hold beside each other. */
export const MOST_COMPARED = 4

/** One figure of all providers that are compared. */
export interface Measure {
  readonly key: string
  readonly label: string
  /** Ratios are 0 to 1, tokens in token units, times in Unix seconds, durations in seconds. */
  readonly unit: "ratio" | "tokens" | "count" | "time" | "text"
  /** One for each provider, in their order; null where it is not known or says nothing. */
  readonly values: readonly (number | bigint | string | null)[]
  /** Places of the best values: empty where none is better, or fewer than two are known. */
  readonly best: readonly number[]
}

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
  const columns = await Promise.all(wanted.map((id) => columnOf(facts, id, model?.toLowerCase())))
  const asOf = columns.map((column) => column.asOf).toSorted((a, b) => a.block - b.block)[0]
  return {
    asOf,
    model: model?.toLowerCase() ?? null,
    providers: columns.map(({ provider }) => provider),
    measures: MEASURES.map((measure) => measured(measure, columns)),
  }
}

/** A provider, and what of it is compared: what it did with the model, or everything. */
interface Column {
  readonly asOf: AsOf
  readonly provider: ProviderFacts
  /** Null if it has never served the model. */
  readonly service: ServiceFacts | ProviderFacts | null
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

type Value = Measure["values"][number]

interface Definition extends Omit<Measure, "values" | "best"> {
  /** Whether more is better, or less; undefined where neither is. */
  readonly better?: "more" | "less"
  readonly of: (column: Column) => Value
}

const scored = (ratio: "score" | "uncertainty" | "lossRatio") => (column: Column) =>
  column.service?.isScored ? column.service[ratio] : null

const MEASURES: readonly Definition[] = [
  {
    key: "score",
    label: "Score",
    unit: "ratio",
    better: "more",
    of: scored("score"),
  },
  { key: "uncertainty", label: "Uncertainty", unit: "ratio", better: "less", of: scored("uncertainty") },
  {
    key: "words",
    label: "In words",
    unit: "text",
    of: ({ service }) => (service ? scoreInWords(service) : "never served it"),
  },
  {
    key: "stake",
    label: "Stake",
    unit: "tokens",
    better: "more",
    of: ({ provider }) => provider.active,
  },
  {
    key: "capacity",
    label: "Coverage it could promise now",
    unit: "tokens",
    better: "more",
    of: ({ provider }) => provider.capacity,
  },
  {
    key: "anchored",
    label: "Answers anchored",
    unit: "count",
    of: ({ service }) => service?.anchored ?? null,
  },
  {
    key: "reExecuted",
    label: "Of them run again by others",
    unit: "ratio",
    better: "more",
    of: ({ service }) =>
      service && service.anchored > 0 ? Math.min(1, service.reExecuted / service.anchored) : null,
  },
  {
    key: "convicted",
    label: "Convicted",
    unit: "count",
    better: "less",
    of: ({ service }) => service?.convicted ?? null,
  },
  {
    key: "lossRatio",
    label: "Lost of what it exposed",
    unit: "ratio",
    better: "less",
    of: scored("lossRatio"),
  },
  {
    key: "faults",
    label: "Faults ever proven",
    unit: "count",
    better: "less",
    of: ({ provider }) => provider.faults,
  },
  {
    key: "lastFaultAt",
    label: "Last fault",
    unit: "time",
    of: ({ provider }) => provider.lastFaultAt || null,
  },
  {
    key: "answersMissed",
    label: "Questions left unanswered",
    unit: "count",
    better: "less",
    of: ({ provider }) => provider.answersMissed,
  },
  {
    key: "disputesOpen",
    label: "Disputes open",
    unit: "count",
    of: ({ provider }) => provider.disputesOpen,
  },
  { key: "registeredAt", label: "Registered", unit: "time", of: ({ provider }) => provider.registeredAt },
  { key: "status", label: "Status", unit: "text", of: ({ provider }) => provider.status },
]

function measured({ better, of, ...measure }: Definition, columns: readonly Column[]): Measure {
  const values = columns.map(of)
  return { ...measure, values, best: better ? bestOf(values, better) : [] }
}

/** Places of the best of what is known; none where all that is known is the same. */
function bestOf(values: readonly Value[], better: "more" | "less"): number[] {
  const known = values.filter((value) => value !== null)
  if (new Set(known).size < 2) return []
  const best = known.reduce((a, b) => (b > a === (better === "more") ? b : a))
  return values.flatMap((value, place) => (value === best ? [place] : []))
}
