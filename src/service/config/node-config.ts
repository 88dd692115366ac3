import type { AlertsConfig, ChainConfig, KeyConfig, LogLevel, ShutdownConfig } from "./shared-config.ts"

/** Everything that a provider node is told by its operator: checked, with defaults filled in, paths made absolute. */
export interface NodeConfig {
  readonly chain: ChainConfig
  readonly provider: {
    /** Whose stake stands behind the answers. */
    readonly address: string
  }
  readonly keys: {
    /** Signs receipts: a key of the provider with the role `sign`. */
    readonly signing: KeyConfig
    /** Sends transactions: a key with the role `anchor`. The signing key if none is named. */
    readonly sending: KeyConfig
  }
  readonly journal: JournalConfig
  readonly http: HttpConfig
  /** At least one; no two of the same name and version. */
  readonly models: readonly ModelConfig[]
  readonly answers: AnswersConfig
  readonly anchoring: AnchoringConfig
  readonly gas: GasConfig
  readonly checks: ChecksConfig
  readonly alerts: AlertsConfig
  readonly log: { readonly level: LogLevel }
  readonly release: {
    /** Seconds between two looks for bonds that can be given back. */
    readonly interval: number
    /** Whole tokens, as a decimal: bonds that are worth less together are left until they are worth it. */
    readonly minValue: string
  }
  readonly shutdown: ShutdownConfig
}

/** Where obligations are kept. */
export interface JournalConfig {
  /** `sqlite:` with an absolute path, or `postgres://`. */
  readonly url: string
  /** Name of this process among all that share the journal. */
  readonly replica: string
  /** The part of the stake that this process may promise: above 0, at most 1. */
  readonly share: number
  /** The operator knows that the journal was restored from a backup, and may lack what was signed after it. */
  readonly restored: boolean
}

/** How requests come in. */
export interface HttpConfig {
  readonly host: string
  /** 0 takes any free one. */
  readonly port: number
  readonly metricsHost: string
  /** For `/metrics`, `/healthz` and `/readyz`. */
  readonly metricsPort: number
  /** Bytes. */
  readonly maxBody: number
  readonly maxConnections: number
  /** Seconds that a whole request may take to arrive. */
  readonly requestTimeout: number
  /** Seconds that the headers of a request may take to arrive. */
  readonly headersTimeout: number
  /** Seconds that a connection may wait for its next request. */
  readonly keepAliveTimeout: number
}

/** A model that is served. */
export interface ModelConfig {
  readonly name: string
  readonly version: string | undefined
  /** Absolute path of the ONNX file. */
  readonly file: string
  /** Sizes of the dimensions that the file leaves open. */
  readonly dims: Readonly<Record<string, number>>
  /** Absolute paths of the tensors for inputs that say what the model is. */
  readonly constants: Readonly<Record<string, string>>
  /** Threads of each worker. */
  readonly threads: number
  /** Runs at the same time. */
  readonly workers: number
  /** Runs that may wait for a worker. */
  readonly queue: number
  readonly trace: "eager" | "lazy"
  /** Whether anybody may fetch the ONNX file from this node. */
  readonly publish: boolean
  /** For people: what an answer costs, in words. */
  readonly price: string | undefined
  /** Whether it is served although nobody has registered it: consumers cannot demand it then. */
  readonly allowUnregistered: boolean
  /** Hash of the terms that each receipt refers to: 0x and 64 digits. */
  readonly terms: string
}

/** What is promised with an answer. */
export interface AnswersConfig {
  /** Whole tokens, as a decimal: restitution if the request asks for none. */
  readonly coverage: string
  /** Whole tokens, as a decimal. */
  readonly maxCoverage: string
  /** Seconds that an answer can be challenged, if the request does not say. */
  readonly window: number
  readonly minWindow: number
  readonly maxWindow: number
  /** Seconds from the answer until it must be anchored, if the request does not say. */
  readonly anchorWithin: number
  /** What a request may ask for at least. */
  readonly minAnchorWithin: number
  /** Whether a request must name its consumer; otherwise those that name none are answered for nobody in particular. */
  readonly requireConsumer: boolean
  /** Whether everybody may list the receipts of anchored batches, and so read every question that is not sealed. */
  readonly listed: boolean
  /** Seconds that inputs are kept after the last day on which somebody can ask about the answer. */
  readonly retention: number
}

/** When receipts are anchored. */
export interface AnchoringConfig {
  /** Receipts in one batch. */
  readonly maxCount: number
  /** Seconds after which a batch goes out, full or not. */
  readonly maxAge: number
  /** Seconds before the earliest `anchorBy` from which on no price keeps a batch back. */
  readonly margin: number
  /** Wei per gas above which batches wait, until `margin`. */
  readonly waitAbove: bigint
}

/** What transactions may cost. */
export interface GasConfig {
  /** Wei per gas that anchoring pays at most. */
  readonly cap: bigint
  /** Wei per gas that an answer to a challenge pays at most. */
  readonly defenceCap: bigint
  /** Wei per gas that giving back bonds and claiming pays at most. */
  readonly claimCap: bigint
  /** Wei that only the answers to challenges may spend: with less, no new work is taken. */
  readonly reserve: bigint
  /** Wei below which operators are told. */
  readonly warnBelow: bigint
}

/** When the node stops taking work by itself. */
export interface ChecksConfig {
  /** The part of its own answers that is run again: 0 to 1. */
  readonly selfCheckShare: number
  /** Seconds between two such runs at the shortest. */
  readonly selfCheckInterval: number
  /** Seconds by which the machine's clock and the chain's time may differ. */
  readonly maxClockSkew: number
  /** Seconds from which on operators are told of that difference. */
  readonly warnClockSkew: number
  /** Bytes that must be free on the disk of the journal. */
  readonly minDisk: number
}
