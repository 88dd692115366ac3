import { ZeroAddress } from "ethers"
import { type Node, callAt } from "../../chain/at-block.ts"
import type { Block } from "../../chain/heads.ts"
import { classify } from "../../chain/transactions/node-errors.ts"
import type { Inclusion } from "../../protocol/batch.ts"
import { isOnusError } from "../../protocol/errors.ts"
import { type Receipt, receiptId, requestKey } from "../../protocol/receipt.ts"
import type { Call } from "../../sdk/calls.ts"
import { offenceId } from "../../sdk/claim.ts"
import type { Taken } from "../../sdk/convict.ts"
import { explain } from "../../sdk/errors.ts"
import { Fault, type FaultName, provenFaults } from "../../sdk/fault.ts"
import type { Contracts } from "./contracts.ts"

/** Gas that a transaction may have on Ethereum (EIP-7825). */
const MOST_GAS = "0x1000000"

/** Where the collateral of a receipt is. Times are on the registry's clock. */
export interface Place {
  /** Token units. */
  readonly bond: bigint
  /** When the receipt can be convicted no more, unless blocks are missing. */
  readonly end: bigint
  readonly isOpen: boolean
}

/** What a conviction took, as far as it is of interest to who proved it. */
export interface Payout {
  readonly id: string
  /** In lower case; the zero address if there is none. */
  readonly challenger: string
  readonly fault: FaultName
  readonly maturesAt: bigint
  readonly isReturned: boolean
  readonly reward: bigint
  readonly restitution: bigint
}

/** What a demand is, in state. Addresses are in lower case, the zero address if there is none. */
export interface DemandState {
  readonly challenger: string
  /** Unix seconds. */
  readonly since: bigint
  readonly due: bigint
  readonly responder: string
  readonly precededSince: bigint
  readonly predecessor: string
  /** Wei; zero once it is paid. */
  readonly bond: bigint
}

/** What a call would do now, or why a contract refuses it. */
export type Rehearsed = { readonly taken: Omit<Taken, "burned"> } | { readonly refusal: string }

/** Reads the chain at one block: all answers are of one moment. */
export class AtHead {
  readonly #node: Node
  readonly #contracts: Contracts
  readonly block: Block

  constructor(node: Node, contracts: Contracts, block: Block) {
    this.#node = node
    this.#contracts = contracts
    this.block = block
  }

  /** Undefined if the receipt is nowhere at this block. */
  async place(receipt: Receipt, inclusion: Inclusion): Promise<Place | undefined> {
    try {
      const { onus } = this.#contracts
      const [, lock, window, isOpen] = (await callAt(this.#node, onus, this.block, "locate", [
        receipt,
        inclusion,
      ])) as unknown as [string, Readonly<Record<"since" | "stopped" | "bond", bigint>>, bigint, boolean]
      return { bond: lock.bond, end: lock.since - lock.stopped + window, isOpen }
    } catch (error) {
      if (isOnusError(error, "NotAnchored")) return undefined
      throw error
    }
  }

  /** Which faults were proven about the request of a receipt. */
  async proven(receipt: Receipt): Promise<readonly FaultName[]> {
    const [faults] = await this.#ask("onus", "faultsOf", requestKey(receipt))
    return provenFaults(faults as bigint)
  }

  /** What convictions of a fault owe: for the bonds of receipts, and for the offence. */
  payouts(fault: FaultName, receipts: readonly Receipt[]): Promise<readonly Payout[]> {
    const { registry } = this.#contracts
    const ids = [
      ...receipts.map((one) => receiptId(registry, one)),
      ...receipts.slice(0, 1).map((one) => offenceId(one, Fault[fault])),
    ]
    return Promise.all(ids.map((id) => this.#payout(id)))
  }

  async demand(id: string, questionId: string): Promise<DemandState | undefined> {
    const [state] = await this.#ask("judge", "demandOf", id, questionId)
    const { challenger, since, due, bond, responder, precededSince, predecessor } = state as DemandState
    if (challenger === ZeroAddress) return undefined
    const [who, answered, before] = [challenger, responder, predecessor].map((one) => one.toLowerCase())
    return { challenger: who, since, due, bond, responder: answered, precededSince, predecessor: before }
  }

  /** Unix seconds at which something was committed to; zero if it was not. */
  async committedAt(judge: "judge" | "equivocation", hash: string): Promise<bigint> {
    return (await this.#ask(judge, "committedAt", hash))[0] as bigint
  }

  /** How many terms of a proof are done. */
  async termsOf(proofId: string): Promise<bigint> {
    const [partial] = await this.#ask("judge", "partialOf", proofId)
    return (partial as { readonly terms: bigint }).terms
  }

  /** Whether a receipt's provider was asked for something that nobody has answered. */
  async isAsked(id: string): Promise<boolean> {
    const [game] = await this.#ask("judge", "gameOf", id)
    return (game as { readonly pending: bigint }).pending > 0n
  }

  /** Until when some challenger of a receipt can move, on the registry's clock. */
  async gameUntil(id: string): Promise<bigint> {
    const [game] = await this.#ask("judge", "gameOf", id)
    return (game as { readonly openUntil: bigint }).openUntil
  }

  /** Wei that an answer costs, as the contract says. */
  async answerPrice(of: "judge" | "omission"): Promise<bigint> {
    return (await this.#ask(of, "answerPrice"))[0] as bigint
  }

  /** The claim that a receipt was omitted; undefined if there is none. */
  async claim(id: string) {
    const [state] = await this.#ask("omission", "claimOf", id)
    const { claimant, since, due, dueBlock, bond, answered } = state as {
      readonly claimant: string
      readonly since: bigint
      readonly due: bigint
      readonly dueBlock: bigint
      readonly bond: bigint
      readonly answered: boolean
    }
    if (claimant === ZeroAddress) return undefined
    return { claimant: claimant.toLowerCase(), since, due, dueBlock, bond, isAnswered: answered }
  }

  /** Unix seconds at which a receipt was attested by itself, or a batch anchored; zero if it was not. */
  async lockedAt(lockId: string): Promise<bigint> {
    const [lock] = await this.#ask("onus", "lockOf", lockId)
    return (lock as { readonly since: bigint }).since
  }

  /** What there is to take from a provider. Amounts in token units, times in Unix seconds. */
  async stake(provider: string) {
    const [[account], [thaw], [record]] = await Promise.all([
      this.#ask("onus", "account", provider),
      this.#ask("onus", "thaw", provider),
      this.#ask("onus", "faultRecord", provider),
    ])
    const { active, locked, tombstoned } = account as Readonly<Record<"active" | "locked", bigint>> & {
      readonly tombstoned: boolean
    }
    const { lastFaultAt, previousFaultAt } = record as Readonly<
      Record<"lastFaultAt" | "previousFaultAt", bigint>
    >
    const { amount: thawing } = thaw as { readonly amount: bigint }
    const faults = [lastFaultAt, previousFaultAt] as const
    return { active, locked, thawing, faults, isExcluded: tombstoned }
  }

  /** Makes a call without sending it; of a conviction it says what it would take. */
  async rehearse(from: string, { to, data, value }: Call): Promise<Rehearsed> {
    const { onus } = this.#contracts
    const transaction = { from, to, data, value: `0x${value.toString(16)}`, gas: MOST_GAS }
    const parameters = [transaction, { blockHash: this.block.hash }]
    let answer: string
    try {
      answer = (await this.#node.send("eth_call", parameters)) as string
    } catch (error) {
      return { refusal: refusalOf(error) }
    }
    const isConviction = to.toLowerCase() === this.#contracts.registry.address.toLowerCase()
    if (!isConviction) return { taken: { bond: 0n, punitive: 0n, restitution: 0n, reward: 0n } }
    const [, taken] = onus.interface.decodeFunctionResult("convict", answer) as unknown as [string, Taken]
    const { bond, punitive, restitution, reward } = taken
    return { taken: { bond, punitive, restitution, reward } }
  }

  async #payout(id: string): Promise<Payout> {
    const [due] = await this.#ask("onus", "payout", id)
    const { challenger, fault, maturesAt, returned, reward, restitution } = due as {
      readonly challenger: string
      readonly fault: bigint
      readonly maturesAt: bigint
      readonly returned: boolean
      readonly reward: bigint
      readonly restitution: bigint
    }
    return {
      id,
      challenger: challenger.toLowerCase(),
      fault: FAULTS[Number(fault)],
      maturesAt,
      isReturned: returned,
      reward,
      restitution,
    }
  }

  async #ask(of: "onus" | "judge" | "equivocation" | "omission", name: string, ...values: unknown[]) {
    return [...(await callAt(this.#node, this.#contracts[of], this.block, name, values))] as unknown[]
  }
}

/** What a contract says against a call. @throws what is no answer at all: nothing is concluded from that. */
function refusalOf(error: unknown): string {
  if (isOnusError(error)) throw error
  const explained = explain(error)
  if (isOnusError(explained)) return explained.code
  if (classify(error) === "funds") return "InsufficientFunds"
  throw error
}

const FAULTS = Object.keys(Fault) as FaultName[]
