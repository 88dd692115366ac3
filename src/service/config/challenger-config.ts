import type { AlertsConfig, ChainConfig, KeyConfig, LogLevel, ShutdownConfig } from "./shared-config.ts"

/** Everything that a challenger is told by its operator: checked, with defaults filled in, paths made absolute. */
export interface ChallengerConfig {
  readonly chain: ChainConfig
  readonly keys: {
    /** Pays bonds and gas, and earns the rewards. A monitor needs none. */
    readonly sending: KeyConfig | undefined
  }
  readonly book: {
    /** `sqlite:` with an absolute path, or `postgres://`. */
    readonly url: string
    /** Absolute path of a folder for what is no table: inputs that were handed in, ids of model files. */
    readonly folder: string
  }
  readonly models: {
    /** Absolute path of a folder of ONNX files that are trusted. */
    readonly folder: string | undefined
  }
  readonly fetch: FetchConfig
  readonly choose: ChooseConfig
  readonly check: CheckConfig
  readonly spend: SpendConfig
  readonly gas: ChallengerGasConfig
  readonly audits: {
    /** Address of the Audits contract; undefined if no part is taken. */
    readonly contract: string | undefined
    /** Whether it draws funds that nobody has drawn. */
    readonly draw: boolean
    /** Whole tokens, as a decimal: audits that pay less are left alone. */
    readonly minFee: string
  }
  readonly inbox: InboxConfig
  /** Absolute path of the folder that evidence is written to. */
  readonly export: { readonly folder: string }
  /** Where `/metrics`, `/healthz` and `/readyz` are. */
  readonly metrics: { readonly host: string; readonly port: number }
  readonly checks: {
    /** Seconds by which the machine's clock and the chain's time may differ before operators are told. */
    readonly warnClockSkew: number
    /** Bytes that must be free on the disk of the book. */
    readonly minDisk: number
  }
  readonly alerts: AlertsConfig
  readonly log: { readonly level: LogLevel }
  readonly shutdown: ShutdownConfig
}

/** What may be fetched, of whom. */
export interface FetchConfig {
  /** Whether providers may be on private addresses. */
  readonly allowPrivate: boolean
  /** Seconds that one answer may take as a whole. */
  readonly timeout: number
  /** Requests to one host at the same time. */
  readonly perHost: number
  /** Bytes of an ONNX file. */
  readonly maxModel: number
  /** Bytes of the inputs of one receipt. */
  readonly maxInputs: number
  /** Bytes of the evidence of one receipt. */
  readonly maxEvidence: number
}

/** Which answers are checked. */
export interface ChooseConfig {
  /** The part of them that is run again, above 0; which ones nobody can foretell. */
  readonly share: number
  /** Whole tokens, as a decimal: answers with less coverage are left out. */
  readonly minCoverage: string
  /** Only these providers; undefined for all. */
  readonly providers: readonly string[] | undefined
  readonly notProviders: readonly string[]
  /** Ids: only these models; undefined for all. */
  readonly models: readonly string[] | undefined
  readonly notModels: readonly string[]
  /** What happens about signed answers that are not anchored in time. */
  readonly omissions: "never" | "certain" | "unanswered"
}

/** How answers are run again. */
export interface CheckConfig {
  /** At the same time; 0: as many as there are processors. */
  readonly concurrency: number
  /** Threads of one run. */
  readonly threads: number
  /** Seconds that one run may take. */
  readonly timeout: number
  /** Bytes that all runs together may take. */
  readonly maxMemory: number
}

/** What a dispute may cost, and what it must promise. */
export interface SpendConfig {
  /** Wei of the expected value; what promises less is left alone. Counts only with a token price. */
  readonly minValue: bigint
  /** Whole tokens, as a decimal: a smaller reward is left alone. */
  readonly minReward: string
  /** Wei that one whole token is worth; undefined if nobody says. */
  readonly tokenPrice: bigint | undefined
  /** Wei that may lie in bonds at the same time. */
  readonly mostBonds: bigint
  /** Wei that may be put into bonds within a day of the chain. */
  readonly mostPerDay: bigint
  /** How likely a case is won, from above 0 to 1, by the way in which it is. */
  readonly probabilities: {
    /** The provider itself serves the wrong element. */
    readonly shown: number
    /** It has to be asked for it on-chain. */
    readonly hidden: number
    /** Somebody else has begun. */
    readonly joined: number
    readonly equivocation: number
    readonly omission: number
  }
  /** Whether restitution is paid to the consumers of convicted answers, too: it costs gas and earns nothing. */
  readonly payRestitution: boolean
}

/** What transactions of a challenger may cost. */
export interface ChallengerGasConfig {
  /** Wei per gas that a move of a dispute pays at most. */
  readonly cap: bigint
  /** Wei per gas that claiming what was won pays at most. */
  readonly claimCap: bigint
  /** Wei that claims and audits leave to the moves of disputes. */
  readonly reserve: bigint
  /** Wei below which operators are told. */
  readonly warnBelow: bigint
}

/** Where consumers hand in what they want checked. */
export interface InboxConfig {
  /** Absolute path of a folder; undefined if nobody hands in files. */
  readonly folder: string | undefined
  readonly host: string
  /** 0 takes any free one; undefined if nothing is taken over HTTP. */
  readonly port: number | undefined
  /** Bytes of one bundle. */
  readonly maxBody: number
  /** Bytes of all inputs that are kept until their answers were run. */
  readonly maxKept: number
}
