import { stringify } from "smol-toml"
import { MODEL } from "../../cli/run.ts"

/** A table of the file, or several; a value of `undefined` takes a key away. */
export type Tables = Readonly<Record<string, unknown>>

/** What a drill's configuration needs to know. */
export interface Place {
  readonly rpc: readonly string[]
  readonly chainId: number
  readonly registry: string
  readonly provider: string
  readonly signing: Tables
  readonly sending: Tables
  readonly journal: string
  readonly port: number
  readonly metricsPort: number
  readonly webhook: string
}

/**
 * The configuration of a node in a drill: everything quick, and room for clocks to differ, as the chain's time is made by drills.
 * Tables in `changes` replace single keys.
 */
export function configText(place: Place, changes: Tables = {}): string {
  const { rpc, chainId, registry, provider, signing, sending, journal, port, metricsPort, webhook } = place
  const base = {
    chain: {
      rpc,
      chain_id: chainId,
      registry,
      confirmations: 4,
      poll: "100ms",
      timeout: "2s",
      stalled_after: "1h",
    },
    provider: { address: provider },
    keys: { signing, sending },
    journal: { url: `sqlite:${journal}` },
    http: { port, metrics_port: metricsPort },
    answers: { anchor_within: "30m", min_anchor_within: "10m", window: "10m", max_coverage: "100" },
    anchoring: { max_age: "2s", margin: "5m" },
    gas: { reserve: "0.05" },
    checks: {
      self_check_share: 0,
      max_clock_skew: "1h",
      warn_clock_skew: "1h",
      min_disk: "1KiB",
    },
    alerts: { webhook },
    log: { level: "debug" },
    release: { interval: "1h" },
    shutdown: { timeout: "60s" },
    models: [{ name: "digits", file: MODEL, trace: "eager", queue: 1000 }],
  }
  return stringify(merge(base, changes))
}

export function merge(base: Tables, changes: Tables): Tables {
  const merged: Record<string, unknown> = { ...base }
  for (const [name, change] of Object.entries(changes)) {
    const old = base[name]
    if (change === undefined) delete merged[name]
    else merged[name] = isTable(old) && isTable(change) ? merge(old, change) : change
  }
  return merged
}

const isTable = (value: unknown): value is Tables =>
  typeof value === "object" && value !== null && !Array.isArray(value)
