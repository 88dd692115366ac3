import type {
  BatchRow,
  BondRow,
  ConvictionRow,
  CounterpartyRow,
  CreditRow,
  DisputeRow,
  EventRow,
  KeyRow,
  ModelRow,
  ProviderRow,
  ReceiptRow,
  RefusalRow,
  ReputationPointRow,
  RevealRow,
  ServiceRow,
} from "./entities.ts"

/** How certain it is that facts stay: of blocks that can still be undone, or that the chain calls safe or final. */
export type Finality = "latest" | "safe" | "finalized"

/** What an answer is about: every answer carries it. */
export interface AsOf {
  readonly chainId: number
  readonly registry: string
  /** The last block that the answer knows of, and its Unix time. */
  readonly block: number
  readonly time: number
  /** Seconds on the registry's clock at that time. */
  readonly clock: number
  readonly finality: Finality
  /** Blocks and seconds that it is behind the chain's head. */
  readonly lagBlocks: number
  readonly lagSeconds: number
  /** Version of how figures are derived. */
  readonly methodology: string
  /** Where it comes from. */
  readonly origin: "index" | "chain"
}

export interface Answer<T> {
  readonly asOf: AsOf
  readonly data: T
}

/** Some of a longer list. */
export interface Page<T> {
  readonly items: readonly T[]
  /** Gives the next page; absent on the last one. */
  readonly cursor?: string
  readonly total: number
}

export interface PageWish {
  /** 1 to 1000, 50 if left out. */
  readonly limit?: number
  readonly cursor?: string
}

/** A reputation as of an answer's time: 0 to 1. */
export interface Score {
  /** False while nothing was settled: then the others say nothing. */
  readonly isScored: boolean
  readonly score: number
  readonly uncertainty: number
  readonly lossRatio: number
}

/** A provider with what is derived from its row. */
export interface ProviderFacts extends ProviderRow, Score {
  readonly status: "active" | "idle" | "leaving" | "frozen" | "excluded"
  /** Coverage that it could anchor now. */
  readonly capacity: bigint
  /** Of all receipts, 0 to 1; null when there is none. */
  readonly reExecutedShare: number | null
}

export interface ServiceFacts extends ServiceRow, Score {}

/** Providers are ordered by stake times the re-executed share if nothing is said. */
export type ProviderOrder = "accountability" | "stake" | "score" | "anchored" | "faults" | "registered"

export interface ProviderWish extends PageWish {
  readonly order?: ProviderOrder
  readonly isDescending?: boolean
  /** Only those who have served this model. */
  readonly model?: string
  readonly status?: ProviderFacts["status"]
  readonly minStake?: bigint
  readonly minScore?: number
  /** Part of an address or URI. */
  readonly search?: string
}

export interface DisputeWish extends PageWish {
  readonly provider?: string
  readonly model?: string
  readonly challenger?: string
  readonly state?: DisputeRow["state"]
}

/** A receipt, or a batch, with everything that the chain knows of it. */
export interface ReceiptFacts {
  readonly receipt: ReceiptRow | null
  readonly batch: BatchRow | null
  readonly bond: BondRow | null
  readonly dispute: DisputeRow | null
  readonly convictions: readonly ConvictionRow[]
  readonly credits: readonly CreditRow[]
  readonly refusals: readonly RefusalRow[]
}

export interface DisputeFacts {
  readonly dispute: DisputeRow
  readonly reveals: readonly RevealRow[]
  readonly receipt: ReceiptRow | null
  readonly bond: BondRow | null
  readonly convictions: readonly ConvictionRow[]
  readonly credits: readonly CreditRow[]
}

export interface ModelFacts extends ModelRow {
  readonly services: readonly (ServiceFacts & { readonly provider: string })[]
}

/** Answers questions about what happened: from the index, or from the chain alone. */
export interface Facts {
  status(): Promise<AsOf>
  providers(wish?: ProviderWish): Promise<Answer<Page<ProviderFacts>>>
  provider(id: string): Promise<Answer<ProviderFacts | null>>
  keys(provider: string): Promise<Answer<readonly KeyRow[]>>
  services(provider: string): Promise<Answer<readonly ServiceFacts[]>>
  /** Reputation and stake, one point a day, oldest first. */
  history(provider: string, days?: number): Promise<Answer<readonly ReputationPointRow[]>>
  counterparties(provider: string): Promise<Answer<readonly CounterpartyRow[]>>
  events(provider: string, wish?: PageWish): Promise<Answer<Page<EventRow>>>
  batches(
    wish?: PageWish & { readonly provider?: string; readonly model?: string },
  ): Promise<Answer<Page<BatchRow>>>
  models(wish?: PageWish): Promise<Answer<Page<ModelRow>>>
  model(id: string): Promise<Answer<ModelFacts | null>>
  /** @param id of a receipt, or of a batch. */
  receipt(id: string): Promise<Answer<ReceiptFacts | null>>
  disputes(wish?: DisputeWish): Promise<Answer<Page<DisputeRow>>>
  /** @param id of the receipt. */
  dispute(id: string): Promise<Answer<DisputeFacts | null>>
  refusals(wish?: PageWish & { readonly provider?: string }): Promise<Answer<Page<RefusalRow>>>
  credits(
    wish?: PageWish & { readonly to?: string; readonly state?: CreditRow["state"] },
  ): Promise<Answer<Page<CreditRow>>>
}
