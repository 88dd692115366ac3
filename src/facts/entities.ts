/**
 * What happened, as rows: one interface for each kind of thing. Addresses and hashes are in lower case; amounts are token units, or wei
 * where it says so; times are Unix seconds, or seconds on the registry's clock where it says so.
 */

/** Where on the chain something happened. */
export interface Moment {
  readonly block: number
  readonly time: number
  readonly transaction: string
}

/** Who stands behind answers. */
export interface ProviderRow {
  readonly id: string
  /** Where it says it serves; hostile text. */
  readonly uri: string
  readonly registeredAt: number
  /** Reserved and unreserved stake together. */
  readonly active: bigint
  /** Of the active stake, reserved for answers that are not final. */
  readonly locked: bigint
  readonly thawing: bigint
  /** On the registry's clock; zero while nothing thaws. */
  readonly thawsAt: number
  /** What open disputes keep of the thawing stake, and until when on the registry's clock. */
  readonly frozen: bigint
  readonly frozenUntil: number
  readonly slashed: bigint
  readonly restituted: bigint
  readonly faults: number
  /** Unix seconds; zero if there was none. */
  readonly lastFaultAt: number
  /** Excluded for ever. */
  readonly isExcluded: boolean
  /** Receipts below all anchors, whatever became of them. */
  readonly anchored: number
  /** Of them, those whose bonds went back unchallenged or after a dispute that led to nothing. */
  readonly released: number
  readonly convicted: number
  /** Receipts that somebody showed to have re-executed: vouched for by an auditor, or disputed to an end. */
  readonly reExecuted: number
  /** How many different auditors and challengers that were. */
  readonly reExecutors: number
  readonly disputesOpen: number
  readonly disputesWon: number
  readonly disputesLost: number
  /** Demands and claims that it answered, and that it let pass. */
  readonly answersGiven: number
  readonly answersMissed: number
  readonly feesBurned: bigint
  /** ERC-8004 id, if it is linked to one. */
  readonly agentId: bigint | null
  readonly seasoned: number
  readonly exposure: number
  readonly lost: number
  readonly allowance: number
  /** When the four masses above were so, Unix seconds: since then they decay. */
  readonly massesAt: number
  readonly lastSeen: Moment
}

/** A key that may act for a provider. */
export interface KeyRow {
  /** `provider/key`. */
  readonly id: string
  readonly provider: string
  readonly key: string
  readonly roles: number
  readonly from: number
  /** Unix seconds; 2^64 - 1 if for ever. */
  readonly until: bigint
  readonly revokedAt: number
  readonly since: Moment
}

/** A registered model. */
export interface ModelRow {
  readonly id: string
  readonly registrant: string
  /** Hostile text. */
  readonly uri: string
  readonly method: number
  readonly stepCount: number
  readonly programRoot: string
  readonly weightsRoot: string
  readonly anchored: number
  readonly convicted: number
  readonly since: Moment
}

/** What one provider did with one model. */
export interface ServiceRow {
  /** `provider/model`. */
  readonly id: string
  readonly provider: string
  readonly model: string
  readonly anchored: number
  readonly released: number
  readonly convicted: number
  readonly reExecuted: number
  readonly seasoned: number
  readonly exposure: number
  readonly lost: number
  readonly allowance: number
  readonly massesAt: number
  readonly firstAt: number
  readonly lastAt: number
}

/** A batch of receipts, or one that was attested directly: what collateral was reserved for. */
export interface BatchRow {
  /** Batch id, or id of the receipt that was attested directly. */
  readonly id: string
  readonly provider: string
  readonly model: string
  readonly isDirect: boolean
  readonly root: string
  readonly count: number
  readonly coverage: bigint
  /** Seconds. */
  readonly window: number
  readonly convicted: number
  readonly since: Moment
}

/** A receipt that the chain knows: attested directly, disputed, claimed to be omitted, audited or convicted. */
export interface ReceiptRow {
  readonly id: string
  /** Null while only its id was seen. */
  readonly provider: string | null
  readonly model: string | null
  readonly requestId: string | null
  readonly consumer: string | null
  readonly inputCommitment: string | null
  readonly outputCommitment: string | null
  readonly traceCommitment: string | null
  readonly coverage: bigint | null
  readonly issuedAt: number | null
  readonly anchorBy: number | null
  readonly window: number | null
  readonly termsHash: string | null
  /** The lock it was detained from, or was anchored with, if that is known. */
  readonly batch: string | null
  /** Root that the provider posted because the receipt commits to none. */
  readonly postedRoot: string | null
  readonly vouches: number
  readonly isConvicted: boolean
  readonly firstSeen: Moment
}

/** What is reserved for a lock: a batch, a receipt that was attested directly, or one that is kept apart for a dispute. */
export interface BondRow {
  readonly id: string
  readonly provider: string
  readonly model: string
  /** What is reserved still. */
  readonly amount: bigint
  readonly reserved: bigint
  /** Unix seconds at which it can be released at the earliest, as far as is known: disputes and stops prolong it. */
  readonly until: number
  readonly state: "locked" | "released" | "taken"
  readonly since: Moment
}

/** Everything that was done about one receipt. */
export interface DisputeRow {
  /** The receipt's id. */
  readonly id: string
  readonly provider: string | null
  readonly model: string | null
  /** `execution` if the trace was asked for, `omission` if an anchor was; or the fault of a conviction without questions. */
  readonly kind: "equivocation" | "execution" | "omission"
  readonly state: "open" | "convicted" | "dismissed"
  readonly challenger: string
  readonly asked: number
  readonly answered: number
  /** Registry's clock, of the oldest question without an answer; zero if there is none. */
  readonly due: number
  readonly dueBlock: number
  /** Wei that lie in bonds of questions. */
  readonly bonds: bigint
  readonly since: Moment
  readonly last: Moment
}

/** A question of a dispute, and what was revealed. */
export interface RevealRow {
  /** `receipt/question`; the question of a claim is empty. */
  readonly id: string
  readonly dispute: string
  readonly questionId: string
  readonly kind: "node" | "chunk" | "anchor" | "upload"
  readonly space: number
  readonly height: number
  readonly index: number
  readonly challenger: string
  readonly responder: string | null
  /** Wei. */
  readonly bond: bigint
  readonly paidTo: string | null
  /** Registry's clock. */
  readonly due: number
  readonly dueBlock: number
  readonly askedAt: Moment
  readonly answeredAt: Moment | null
}

/** A proven fault. */
export interface ConvictionRow {
  /** Block, then index of the event in it. */
  readonly id: string
  readonly receipt: string
  readonly provider: string
  readonly model: string | null
  readonly challenger: string
  readonly fault: "equivocation" | "execution" | "omission"
  readonly offence: string
  readonly payout: string
  readonly bond: bigint
  readonly punitive: bigint
  readonly isReturned: boolean
  readonly since: Moment
}

/** What a conviction owes somebody. */
export interface CreditRow {
  /** `payout/restitution|reward|burned`. */
  readonly id: string
  readonly payout: string
  readonly conviction: string
  readonly part: "restitution" | "reward" | "burned"
  /** Null for what is burned, and while the consumer is not known. */
  readonly to: string | null
  readonly amount: bigint
  readonly state: "escrow" | "paid" | "returned"
  /** Registry's clock: from then on it can be claimed. */
  readonly maturesAt: number
  readonly paidAt: Moment | null
}

/** A provider's reputation at the end of a day, or now for the last one. */
export interface ReputationPointRow {
  /** `provider/day`. */
  readonly id: string
  readonly provider: string
  /** Days since 1970. */
  readonly day: number
  readonly isScored: boolean
  /** 0 to 1. */
  readonly score: number
  readonly uncertainty: number
  readonly lossRatio: number
  readonly stake: bigint
}

/** An answer that a contract's policy did not take, or a consumer's contract that failed on it. */
export interface RefusalRow {
  /** Block, then index of the event in it. */
  readonly id: string
  readonly receipt: string
  readonly recipient: string
  readonly kind: number
  /** Four bytes of the error that says why; null if the recipient failed. */
  readonly reason: string | null
  readonly since: Moment
}

/** An event about a provider, for its log. */
export interface EventRow {
  /** Block, then index of the event in it. */
  readonly id: string
  readonly provider: string
  /** As in the contract's interface. */
  readonly name: string
  /** The event's arguments as JSON: amounts as decimal strings, text as it is (hostile). */
  readonly data: string
  readonly moment: Moment
}

/** A consumer, a payer or a challenger beside a provider: how concentrated its dealings are. */
export interface CounterpartyRow {
  /** `provider/role/address`. */
  readonly id: string
  readonly provider: string
  readonly role: "consumer" | "challenger" | "auditor" | "payer"
  readonly address: string
  readonly times: number
  readonly amount: bigint
}

/** What the registry says about itself. */
export interface RegistryRow {
  readonly id: string
  readonly minStake: bigint
  readonly minWindowBlocks: number
  /** Seconds between a conviction and its payouts. */
  readonly escrow: number
  readonly pausedUntil: number
  /** Begin and length of the last time disputes were stopped, and seconds of all before. */
  readonly stoppedAt: number
  readonly stoppedFor: number
  readonly stoppedBefore: number
}

/** All tables by their names. */
export interface Entities {
  readonly provider: ProviderRow
  readonly key: KeyRow
  readonly model: ModelRow
  readonly service: ServiceRow
  readonly batch: BatchRow
  readonly receipt: ReceiptRow
  readonly bond: BondRow
  readonly dispute: DisputeRow
  readonly reveal: RevealRow
  readonly conviction: ConvictionRow
  readonly credit: CreditRow
  readonly reputationPoint: ReputationPointRow
  readonly refusal: RefusalRow
  readonly event: EventRow
  readonly counterparty: CounterpartyRow
  readonly registry: RegistryRow
}

export type EntityName = keyof Entities
