import { Gauge, type Registry } from "prom-client"
import type { Head } from "./head.ts"

/** How far the index is behind the chain, among what Ponder measures. */
export function measureLag(indexed: () => Promise<Head>, head: () => Promise<Head>): void {
  const { registry } = (globalThis as unknown as { PONDER_COMMON: { metrics: { registry: Registry } } })
    .PONDER_COMMON.metrics
  const lag = async (): Promise<Head> => {
    const [chain, index] = [await head(), await indexed()]
    return { block: Math.max(chain.block - index.block, 0), time: Math.max(chain.time - index.time, 0) }
  }
  const gauge = (name: string, help: string, value: (lag: Head) => number): Gauge =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        this.set(value(await lag()))
      },
    })
  gauge("onus_index_lag_blocks", "Blocks that the index is behind the chain's head", ({ block }) => block)
  gauge("onus_index_lag_seconds", "Seconds that the index is behind the chain's head", ({ time }) => time)
}
