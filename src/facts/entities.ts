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
  /** What open disputes keep of the thawing stake while the registry's clock or the chain is not past these two. */
  readonly frozen: bigint
  readonly frozenUntil: number
  readonly frozenUntilBlock: number
  readonly slashed: bigint
  readonly restituted: bigint
  readonly faults: number
  /** Unix seconds; zero if there was none. */
  readonly lastFaultAt: number
  /** When the fault before that was proven; zero if there was none. */
  readonly previousFaultAt: number
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
  readonly seasoned: bigint
  readonly exposure: bigint
  readonly lost: bigint
  readonly allowance: bigint
  /** When the four masses above were so, Unix seconds: since then they decay. Zero while there is none. */
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

/** A model that was registered, or that somebody anchored answers of. */
export interface ModelRow {
  readonly id: string
  /** False while somebody has only anchored answers of it: then nothing more is known of it. */
  readonly isRegistered: boolean
  readonly registrant: string
  /** Hostile text. */
  readonly uri: string
  readonly semantics: number
  readonly method: number
  readonly stepCount: number
  readonly programRoot: string
  readonly weightsRoot: string
  readonly inputDepth: number
  readonly weightsDepth: number
  readonly traceDepth: number
  readonly outputDepth: number
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
  readonly seasoned: bigint
  readonly exposure: bigint
  readonly lost: bigint
  readonly allowance: bigint
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
  /** Somebody showed to have run it again: vouched for it, or took a dispute about its execution to an end. */
  readonly isReExecuted: boolean
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
  /** Receipts that it still stands for. */
  readonly receipts: number
  /** The one receipt that it is of; null for a batch. */
  readonly receipt: string | null
  /** The lock that it was taken out of for a dispute. */
  readonly home: string | null
  /** It is open until the registry's clock is past this and the chain has reached the block: disputes prolong both. */
  readonly until: number
  readonly untilBlock: number
  /** Minutes between a conviction and its payouts. */
  readonly escrow: number
  /** `moved` and `taken` when nothing is left, after what took the last of it. */
  readonly state: "locked" | "released" | "taken" | "moved"
  readonly since: Moment
}

/** Everything that was done about one receipt. */
export interface DisputeRow {
  /** The receipt's id. */
  readonly id: string
  readonly provider: string | null
  readonly model: string | null
  /** `execution` if the trace was asked for first, `omission` if an anchor was; or the fault of a conviction without questions. */
  readonly kind: "equivocation" | "execution" | "omission"
  readonly state: "open" | "convicted" | "dismissed"
  readonly challenger: string
  readonly asked: number
  readonly answered: number
  /** Registry's clock, of the oldest question without an answer; zero if there is none. */
  readonly due: number
  readonly dueBlock: number
  /** The oldest question without an answer, and the latest question: ids of reveals. */
  readonly oldest: string | null
  readonly newest: string | null
  /** The receipt can be convicted until the registry's clock is past this and the chain has reached the block. */
  readonly until: number
  readonly untilBlock: number
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
  /** Wei; null for an upload until it is settled: no event says it before. */
  readonly bond: bigint | null
  readonly paidTo: string | null
  /** The question that was asked after it, of the same dispute. */
  readonly next: string | null
  /** Registry's clock. */
  readonly due: number
  readonly dueBlock: number
  readonly askedAt: Moment
  readonly answeredAt: Moment | null
}

/** A proven fault. */
export interface ConvictionRow {
  /** What its money is claimed by: the payout's id. */
  readonly id: string
  readonly receipt: string
  readonly provider: string
  readonly model: string | null
  readonly challenger: string
  readonly fault: "equivocation" | "execution" | "omission"
  readonly offence: string
  /** The lock whose bond it took; null if it was proven by signature alone. */
  readonly lock: string | null
  readonly bond: bigint
  readonly punitive: bigint
  readonly isReturned: boolean
  readonly since: Moment
}

/** What a conviction owes somebody. */
export interface CreditRow {
  /** `payout/restitution|reward|burned`. */
  readonly id: string
  /** The conviction's id, which is the payout's. */
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
  /** Active stake. */
  readonly stake: bigint
  readonly seasoned: bigint
  readonly exposure: bigint
  readonly lost: bigint
  readonly massesAt: number
}

/** An answer that a contract's policy did not take, or a consumer's contract that failed on it. */
export interface RefusalRow {
  /** Block, then index of the event in it. */
  readonly id: string
  readonly receipt: string
  /** Null while nothing else was seen of the receipt. */
  readonly provider: string | null
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
  /** The event's arguments as JSON: amounts as decimal strings, text as it is (hostile), long data cut short. */
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

/** Audits that somebody paid for. */
export interface FundRow {
  /** Decimal number. */
  readonly id: string
  /** Batch, or receipt that was attested directly. */
  readonly lock: string
  readonly provider: string | null
  readonly funder: string
  readonly audits: number
  /** Token units for one audit. */
  readonly fee: bigint
  readonly drawBlock: number
  readonly isDrawn: boolean
  readonly vouched: number
  readonly refuted: number
  readonly paid: number
  readonly refunded: bigint
  readonly since: Moment
}

/** What was proven of one request: convictions of further bonds count as the same. */
export interface OffenceRow {
  readonly id: string
  readonly provider: string
  readonly fault: ConvictionRow["fault"]
  /** Which fault within 90 days it was: 1, 2 or 3. */
  readonly ordinal: number
  readonly since: Moment
}

/** What an event said that the next one of the same transaction is about; of no interest to others. */
export interface HintRow {
  /** `bond` or `model`. */
  readonly id: string
  readonly block: number
  readonly logIndex: number
  /** A lock, or a provider and a model. */
  readonly value: string
}

/** What the registry says about itself: there is one row, `registry`. */
export interface RegistryRow {
  readonly id: string
  readonly minStake: bigint
  readonly minWindowBlocks: number
  /** Minutes between a conviction and its payouts. */
  readonly escrow: number
  /** Blocks that an answer may take at least; never changes. */
  readonly answerBlocks: number
  readonly pausedFrom: number
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
  readonly fund: FundRow
  readonly offence: OffenceRow
  readonly hint: HintRow
  readonly registry: RegistryRow
}

export type EntityName = keyof Entities
