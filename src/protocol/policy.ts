import { formatUnits } from "ethers"

/** The clauses of an accountability policy, in the order of their bits. Twin of `Clause` in Solidity. */
export const CLAUSES = [
  "Collateral",
  "NotConvicted",
  "ProviderStanding",
  "Beneficiary",
  "Input",
  "Trace",
  "Method",
  "Model",
  "Assurance",
  "Coverage",
  "Stake",
  "Unreserved",
  "Score",
  "LossRatio",
  "SinceFault",
  "Thaw",
  "Age",
  "Window",
] as const

export type Clause = (typeof CLAUSES)[number]

/** What an unmet clause means, for people. */
export const CLAUSE_MEANING: Readonly<Record<Clause, string>> = {
  Collateral: "no collateral was reserved for this receipt in time",
  NotConvicted: "a fault was proven about this request",
  ProviderStanding: "the provider is not registered, or excluded for ever",
  Beneficiary: "the receipt owes restitution to somebody else",
  Input: "the answer is to another question",
  Trace: "the receipt commits to no trace, so a wrong answer could not be proven",
  Method: "the answer is not of a registered model with the accepted method",
  Model: "the answer is not of the accepted model",
  Assurance: "the challenge window is still open",
  Coverage: "the coverage is below the minimum",
  Stake: "the provider's stake is below the minimum",
  Unreserved: "the provider's unreserved stake is below the minimum",
  Score: "the provider's reputation is below the minimum, or not scored",
  LossRatio: "the provider has lost too much of what it exposed",
  SinceFault: "the provider's last fault is too recent",
  Thaw: "the provider takes stake out",
  Age: "the answer is too old",
  Window: "the challenge window is too short",
}

/** How much accountability an application demands. Twin of `contracts/types/AccountabilityPolicy.sol`. */
export interface AccountabilityPolicy {
  /** Zero accepts any registered model. */
  readonly modelId: string
  /** Token units. */
  readonly minCoverage: bigint
  /** Token units. */
  readonly minStake: bigint
  /** Token units. */
  readonly minUnreserved: bigint
  /** WAD. */
  readonly minScore: bigint
  /** WAD; zero accepts any. */
  readonly maxLossRatio: bigint
  /** Zero accepts any. */
  readonly method: number
  /** 0: anchored, 1: final. */
  readonly assurance: number
  /** Seconds. */
  readonly minSinceFault: number
  readonly requireNoThaw: boolean
  /** Seconds; zero accepts any. */
  readonly maxAge: number
  /** Seconds. */
  readonly minWindow: number
}

/** Accepts whatever has collateral: what no policy goes without, and no more. Spread it and say what you demand. */
export const ACCEPT_ANY: AccountabilityPolicy = {
  modelId: `0x${"00".repeat(32)}`,
  minCoverage: 0n,
  minStake: 0n,
  minUnreserved: 0n,
  minScore: 0n,
  maxLossRatio: 0n,
  method: 0,
  assurance: 0,
  minSinceFault: 0,
  requireNoThaw: false,
  maxAge: 0,
  minWindow: 0,
}

/** What a sentence needs of `Facts` in Solidity; the result of `Policies.facts` will do. */
export interface PolicyFacts {
  readonly located: boolean
  readonly anchoredAt: bigint
  readonly window: bigint
  readonly anchoredAs: string
  readonly disputed: boolean
  readonly tombstoned: boolean
  readonly stake: bigint
  readonly unreserved: bigint
  readonly thawing: bigint
  readonly lastFaultAt: bigint
  readonly modelRegistered: boolean
  readonly scored: boolean
  readonly score: bigint
  readonly lossRatio: bigint
}

/** What a sentence needs of a receipt. */
export interface PolicyReceipt {
  readonly modelId: string
  readonly consumer: string
  readonly coverage: bigint
  readonly issuedAt: bigint
  readonly anchorBy: bigint
  readonly challengeWindow: bigint
}

/** Whatever is known about a refusal; the less, the less a sentence says. */
export interface Refusal {
  readonly policy?: AccountabilityPolicy
  readonly facts?: PolicyFacts
  readonly receipt?: PolicyReceipt
  /** Who should have been owed restitution. */
  readonly beneficiary?: string
  /** Unix seconds of the block that the mask is of. */
  readonly now?: bigint
  /** Of the stake token; 18 and no symbol if not given. */
  readonly decimals?: number
  readonly symbol?: string
}

/** One unmet clause in words. */
export interface UnmetClause {
  readonly clause: Clause
  readonly sentence: string
}

/** The names of the clauses whose bits are set in a mask of unmet clauses. */
export function unmetClauses(mask: bigint): Clause[] {
  return CLAUSES.filter((_, bit) => (mask >> BigInt(bit)) & 1n)
}

/**
 * A sentence for each unmet clause, with what was wanted and what was found as far as it is known.
 *
 * @example
 * explainUnmet(1n << 12n, { policy: { ...ACCEPT_ANY, minScore: 6n * 10n ** 17n }, facts })
 * // [{ clause: "Score", sentence: "Score 0.41 is below 0.60" }]
 */
export function explainUnmet(mask: bigint, refusal: Refusal = {}): UnmetClause[] {
  return unmetClauses(mask).map((clause) => ({
    clause,
    sentence: capital(SENTENCES[clause]?.(refusal) ?? CLAUSE_MEANING[clause]),
  }))
}

type Sentence = (refusal: Refusal) => string | undefined

const SENTENCES: Partial<Record<Clause, Sentence>> = {
  Collateral: ({ facts, receipt }) => {
    if (!facts) return undefined
    if (!facts.located) return "the receipt was not anchored where its inclusion says"
    if (receipt?.coverage === 0n) return "the receipt has no coverage, so nothing is reserved for it"
    if (!receipt) return undefined
    return `collateral was reserved ${span(facts.anchoredAt - receipt.anchorBy)} after the promised time`
  },
  ProviderStanding: ({ facts }) => {
    if (!facts) return undefined
    return facts.tombstoned ? "the provider is excluded for ever" : "the provider is not registered"
  },
  Beneficiary: ({ receipt, beneficiary }) =>
    receipt && beneficiary && `the receipt owes restitution to ${receipt.consumer}, not to ${beneficiary}`,
  Method: ({ policy, facts }) => {
    if (!facts) return undefined
    if (!facts.modelRegistered) return "the model is not registered, so its method is not known"
    return policy && `the model's method is not ${policy.method}`
  },
  Model: ({ policy, facts, receipt }) => {
    if (!policy || !receipt) return undefined
    if (BigInt(policy.modelId) !== 0n && !sameHex(policy.modelId, receipt.modelId))
      return `the answer is of model ${receipt.modelId}, not of ${policy.modelId}`
    if (facts?.located && !sameHex(facts.anchoredAs, receipt.modelId))
      return `the batch is anchored under model ${facts.anchoredAs}, the receipt says ${receipt.modelId}`
    return `model ${receipt.modelId} is not registered`
  },
  Assurance: ({ facts }) =>
    facts?.disputed ? "the answer was disputed, and can be challenged still" : undefined,
  Coverage: ({ policy, receipt, ...token }) =>
    policy && receipt && isBelow("coverage", receipt.coverage, policy.minCoverage, tokens(token)),
  Stake: ({ policy, facts, ...token }) =>
    policy && facts && isBelow("stake", facts.stake, policy.minStake, tokens(token)),
  Unreserved: ({ policy, facts, ...token }) =>
    policy && facts && isBelow("unreserved stake", facts.unreserved, policy.minUnreserved, tokens(token)),
  Score: ({ policy, facts }) => {
    if (!policy || !facts) return undefined
    const digits = ratioDigits(policy.minScore)
    const wanted = ratio(policy.minScore, digits, false)
    if (!facts.scored) return `the provider is not scored yet with this model; at least ${wanted} is wanted`
    return `score ${ratio(facts.score, digits, false)} is below ${wanted}`
  },
  LossRatio: ({ policy, facts }) => {
    if (!policy || !facts) return undefined
    const digits = ratioDigits(policy.maxLossRatio)
    const found = ratio(facts.lossRatio, digits, true)
    return `loss ratio ${found} is above ${ratio(policy.maxLossRatio, digits, false)}`
  },
  SinceFault: ({ policy, facts, now }) => {
    if (!policy || !facts || now === undefined) return undefined
    const since = span(now - facts.lastFaultAt)
    return `the last fault was ${since} ago, less than ${span(BigInt(policy.minSinceFault))}`
  },
  Thaw: ({ facts, ...token }) => facts && `the provider takes ${tokens(token)(facts.thawing)} out`,
  Age: ({ policy, receipt, now }) => {
    if (!policy || !receipt || now === undefined) return undefined
    if (receipt.issuedAt > now) return `the answer is from ${span(receipt.issuedAt - now)} in the future`
    return `the answer is ${span(now - receipt.issuedAt)} old, more than ${span(BigInt(policy.maxAge))}`
  },
  Window: ({ policy, facts, receipt }) => {
    if (!policy || !facts) return undefined
    const wanted = BigInt(policy.minWindow)
    if (facts.window < wanted) return isBelow("challenge window", facts.window, wanted, span)
    return receipt && isBelow("challenge window", facts.window, receipt.challengeWindow, span)
  },
}

const WAD_DIGITS = 18

function isBelow(name: string, found: bigint, wanted: bigint, format: (value: bigint) => string): string {
  return `${name} ${format(found)} is below ${format(wanted)}`
}

function tokens({ decimals = 18, symbol }: Pick<Refusal, "decimals" | "symbol">): (units: bigint) => string {
  return (units) => [formatUnits(units, decimals).replace(/\.0$/, ""), symbol].filter(Boolean).join(" ")
}

/** As many digits as a limit has, two at least: so what is beyond it reads differently, rounded away from it. */
function ratioDigits(limit: bigint): number {
  const fraction = limit.toString().padStart(WAD_DIGITS, "0").slice(-WAD_DIGITS).replace(/0+$/, "")
  return Math.max(2, fraction.length)
}

/** A WAD with that many digits, rounded down or up. */
function ratio(wad: bigint, digits: number, up: boolean): string {
  const unit = 10n ** BigInt(WAD_DIGITS - digits)
  const units = (wad + (up ? unit - 1n : 0n)) / unit
  const text = units.toString().padStart(digits + 1, "0")
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`
}

const UNITS: readonly (readonly [bigint, string])[] = [
  [86_400n, "d"],
  [3_600n, "h"],
  [60n, "min"],
  [1n, "s"],
]

/** Seconds, exactly: "1 d 2 h". */
function span(seconds: bigint): string {
  const parts: string[] = []
  let rest = seconds
  for (const [size, name] of UNITS) {
    if (rest >= size) parts.push(`${rest / size} ${name}`)
    rest %= size
  }
  return parts.join(" ") || "0 s"
}

const sameHex = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase()

const capital = (sentence: string): string => sentence.charAt(0).toUpperCase() + sentence.slice(1)
