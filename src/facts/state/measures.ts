import type { AsOf, ProviderFacts, ServiceFacts } from "../source.ts"
import { scoreInWords } from "./score.ts"

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

/** A provider, and what of it is compared: what it did with the model, or everything. */
export interface Column {
  readonly asOf: AsOf
  readonly provider: ProviderFacts
  /** Null if it has never served the model. */
  readonly service: ServiceFacts | ProviderFacts | null
}

type Value = Measure["values"][number]

interface Definition extends Omit<Measure, "values" | "best"> {
  /** Whether more is better, or less; undefined where neither is. */
  readonly better?: "more" | "less"
  readonly of: (column: Column) => Value
}

const scored = (ratio: "score" | "uncertainty" | "lossRatio") => (column: Column) =>
  column.service?.isScored ? column.service[ratio] : null

const DEFINITIONS: readonly Definition[] = [
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

/** Every figure of providers that are compared, in the order in which people want them. */
export const measuresOf = (columns: readonly Column[]): Measure[] =>
  DEFINITIONS.map((definition) => measured(definition, columns))

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
