import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client"
import { FAMILIES, type Family } from "./families.ts"

type Handle<F extends Family> = F["type"] extends "counter"
  ? Counter<F["labels"][number]>
  : F["type"] extends "gauge"
    ? Gauge<F["labels"][number]>
    : Histogram<F["labels"][number]>

/** A handle for each metric, and all of them as text. A gauge has no value until it is set; `remove()` takes it away again. */
export type Metrics = { readonly [K in keyof typeof FAMILIES]: Handle<(typeof FAMILIES)[K]> } & {
  /** The text format of Prometheus. */
  text(): Promise<string>
  readonly contentType: string
}

export interface MetricsOptions {
  readonly version: string
  /** Also memory, processor time and delays of the event loop. */
  readonly process?: boolean
}

/** Makes the metrics of one program. */
export function createMetrics({ version, process = false }: MetricsOptions): Metrics {
  const registry = new Registry()
  if (process) collectDefaultMetrics({ register: registry })
  const handles = Object.fromEntries(
    Object.entries(FAMILIES).map(([key, family]) => [key, handle(family, registry)]),
  ) as unknown as Metrics
  const metrics: Metrics = Object.assign(handles, {
    text: () => registry.metrics(),
    contentType: registry.contentType,
  })
  metrics.info.set({ version }, 1)
  return metrics
}

function handle({ type, name, help, labels, buckets }: Family, registry: Registry) {
  const shared = { name, help, labelNames: [...labels], registers: [registry] }
  if (type === "counter") return new Counter(shared)
  if (type === "gauge") {
    const gauge = new Gauge(shared)
    // Otherwise it would say 0 before anybody knows.
    if (labels.length === 0) gauge.remove()
    return gauge
  }
  return new Histogram({ ...shared, buckets: [...(buckets ?? [])] })
}
