/** The chain, and the registry on it. */
export interface ChainConfig {
  /** JSON-RPC nodes, at least one; the first that is well is used. May hold credentials. */
  readonly rpc: readonly string[]
  readonly chainId: bigint
  /** Address of the `Onus` contract. */
  readonly registry: string
  /** The block from which on the registry can have events. */
  readonly fromBlock: number
  /** Blocks after which one counts as final where the chain has no `finalized` tag; 0 if it must have one. */
  readonly confirmations: number
  /** Seconds between two questions for the latest block. */
  readonly poll: number
  /** Seconds that one call may take. */
  readonly timeout: number
  /** Seconds without a new block after which the chain counts as stalled. */
  readonly stalledAfter: number
}

/** Where a key is kept. */
export type KeyConfig =
  /** A keystore file (version 3); the password is the content of a file, or what is on stdin if that is `-`. */
  | { readonly kind: "keystore"; readonly keystore: string; readonly passwordFile: string }
  /** A Web3Signer, or what speaks like one. */
  | { readonly kind: "web3signer"; readonly url: string; readonly address: string; readonly timeout: number }
  /** Hex in an environment variable of this name: for development. */
  | { readonly kind: "raw"; readonly env: string }

/** Whom to tell. */
export interface AlertsConfig {
  /** Alerts are posted here as JSON. */
  readonly webhook: string | undefined
  /** Seconds that one delivery may take. */
  readonly timeout: number
}

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "silent"

/** How a program ends. */
export interface ShutdownConfig {
  /** Seconds that a clean end may take; then the process ends anyway, with exit code 75. */
  readonly timeout: number
}
