import { join } from "node:path"
import { ROOT } from "./chain/hardhat.ts"
import type { LocalChain } from "./chain/local-chain.ts"
import type { Tables } from "./process.ts"

export const MODEL_NAME = "digits"
export const MODEL = join(ROOT, "models", "digits.onnx")
/** Seconds that answers can be challenged, and in which they are anchored. */
export const WINDOW = 10n * 86_400n
export const ANCHOR_WITHIN = 3_600n

/** Where programs find the registry. The chain's time is made by the tour: their clocks may differ from it. */
const chainTable = ({ url, registry }: Pick<LocalChain, "url" | "registry">): Tables => ({
  rpc: [url],
  chain_id: 31337,
  registry,
  confirmations: 2,
  poll: "100ms",
  stalled_after: "1h",
})

/** What the configuration of the honest node depends on. */
export interface NodePlace {
  readonly chain: Pick<LocalChain, "url" | "registry">
  readonly provider: string
  readonly port: number
  readonly metricsPort: number
}

/** The node of an operator who wants to be checked. */
export const nodeConfig = ({ chain, provider, port, metricsPort }: NodePlace): Tables => ({
  chain: chainTable(chain),
  provider: { address: provider },
  keys: {
    signing: { raw_env: "SIGNING_KEY", allow_raw_key: true },
    sending: { raw_env: "SENDING_KEY", allow_raw_key: true },
  },
  journal: { url: "sqlite:./node.db" },
  http: { port, metrics_port: metricsPort },
  answers: { listed: true, max_window: "14d", anchor_within: "1h", min_anchor_within: "1h" },
  anchoring: { max_age: "2s" },
  checks: { max_clock_skew: "1h", warn_clock_skew: "1h", min_disk: "1KiB" },
  models: [{ name: MODEL_NAME, file: MODEL, trace: "eager", publish: true }],
})

/** What the configuration of the challenger depends on. */
export interface ChallengerPlace {
  readonly chain: Pick<LocalChain, "url" | "registry">
  readonly inboxPort: number
  readonly metricsPort: number
}

/** A challenger that knows the registry, and has coins. @param changes Tables that replace others. */
export const challengerConfig = (
  { chain, inboxPort, metricsPort }: ChallengerPlace,
  changes: Tables = {},
): Tables => ({
  chain: chainTable(chain),
  keys: { sending: { raw_env: "SENDING_KEY", allow_raw_key: true } },
  book: { url: "sqlite:./challenger.db" },
  // Everybody is on this machine.
  fetch: { allow_private: true },
  inbox: { port: inboxPort },
  metrics: { port: metricsPort },
  export: { folder: "evidence" },
  // Who does not know what its reward is worth takes no risk for it.
  spend: { token_price: "0.01" },
  checks: { min_disk: "1KiB" },
  ...changes,
})
