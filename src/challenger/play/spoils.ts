import { ZeroAddress } from "ethers"
import type { Outcome, Transactions } from "../../chain/transactions/transactions.ts"
import { DIRECT } from "../../protocol/batch.ts"
import { receiptId } from "../../protocol/receipt.ts"
import {
  claimRestitutionCall,
  claimRewardCall,
  settleDemandCall,
  settleOmissionCall,
} from "../../sdk/calls.ts"
import type { Case, Known } from "../book.ts"
import type { View } from "../view.ts"
import type { AtHead, Payout } from "./at-head.ts"
import { type Bond, type Bonds, type BondState } from "./bonds.ts"
import type { Contracts } from "./contracts.ts"
import type { Look } from "./look.ts"
import type { Move } from "./move.ts"
import { TURN } from "./omission/next.ts"

export interface SpoilsOptions {
  readonly contracts: Contracts
  /** The account that plays. */
  readonly me: string
  readonly bonds: Bonds
  readonly transactions: Pick<Transactions, "outcomeOf" | "knows">
  readonly paysConsumers: boolean
}

/** What is still to be had of a case. */
export interface Remainder {
  readonly moves: readonly Move[]
  /** Whether nothing is left, as of this head. */
  readonly isDone: boolean
  /** What the challenger is to be paid. */
  readonly mine: readonly Payout[]
  /** Bonds that are out. */
  readonly left: readonly Bond[]
  /** What has become of bonds, as of this head. */
  readonly ended: readonly { readonly bond: Bond; readonly state: BondState | "never" }[]
}

/** Collects what cases bring: bonds that come back at once, rewards after their escrow. */
export class Spoils {
  readonly #options: SpoilsOptions
  readonly #me: string

  constructor(options: SpoilsOptions) {
    this.#options = options
    this.#me = options.me.toLowerCase()
  }

  async look(accusation: Case, known: Known, look: Look, at: AtHead, view: View): Promise<Remainder> {
    const bonds = (await this.#options.bonds.ofCase(accusation.id)).filter(({ state }) => state === "left")
    const settled = await Promise.all(bonds.map((bond) => this.#bond(bond, known, at, view)))
    const payouts = look.payouts.filter((one) => this.#isMine(one, look))
    const claims = payouts.flatMap((payout) => this.#claims(payout, look, view))
    const ended = settled.flatMap(({ bond, state }) => (state === undefined ? [] : [{ bond, state }]))
    return {
      moves: [...claims.flatMap(({ move }) => move ?? []), ...settled.flatMap(({ move }) => move ?? [])],
      mine: payouts,
      left: bonds,
      isDone: claims.length === 0 && ended.length === bonds.length,
      ended,
    }
  }

  #isMine({ challenger, fault, isReturned }: Payout, look: Look): boolean {
    return challenger === this.#me && fault === look.fault && !isReturned
  }

  /** What a payout still owes, and who is to send for it when its escrow is over. */
  #claims(payout: Payout, { receipts }: Look, { clock }: View): { readonly move: Move | undefined }[] {
    const { contracts, paysConsumers } = this.#options
    const { id, reward, restitution, maturesAt } = payout
    const isRipe = clock >= maturesAt
    const convicted = receipts.find((receipt) => receiptId(contracts.registry, receipt) === id)
    const isOwed = paysConsumers || convicted?.consumer.toLowerCase() === this.#me
    const claims: Move[] = []
    if (reward > 0n)
      claims.push({
        kind: "reward",
        key: `claim:${id}`,
        why: "claims the reward of a conviction",
        call: () => claimRewardCall(contracts, id),
      })
    if (restitution > 0n && convicted && isOwed)
      claims.push({
        kind: "restitution",
        key: `restitution:${id}`,
        why: "pays the consumer of a convicted receipt",
        call: () => claimRestitutionCall(contracts, convicted),
      })
    return claims.map((move) => ({ move: isRipe ? move : undefined }))
  }

  async #bond(bond: Bond, known: Known, at: AtHead, view: View): Promise<Found & { readonly bond: Bond }> {
    const { questionId } = bond
    const found =
      questionId === undefined
        ? await this.#claimed(bond, known, at, view)
        : await this.#asked(bond, known, at, view)
    if (found.state === "never") {
      const { transactions } = this.#options
      // Perhaps it is on its way still; or the program was killed before it gave it to be sent.
      const isOver =
        isFailed(await transactions.outcomeOf(bond.intent)) || !(await transactions.knows(bond.intent))
      return { bond, ...(isOver ? found : {}) }
    }
    return { bond, ...found }
  }

  /** The bond of a demand, or of a proof that was uploaded. */
  async #asked({ questionId = "", id }: Bond, known: Known, at: AtHead, { clock }: View): Promise<Found> {
    const { contracts } = this.#options
    const { receipt } = known.signed
    const inclusion = known.inclusion ?? DIRECT
    const demand = await at.demand(known.id, questionId)
    if (demand?.challenger !== this.#me) return { state: "never" }
    const [faults, place, until] = await Promise.all([
      at.proven(receipt),
      at.place(receipt, inclusion),
      at.gameUntil(known.id),
    ])
    const isRefunded = faults.length > 0 || demand.responder === ZeroAddress
    if (demand.bond === 0n) return { state: isRefunded ? "back" : "lost" }
    const isOver = place !== undefined && !place.isOpen && clock > until
    if (faults.length === 0 && !isOver) return {}
    // Whoever wants the provider to have it may send for it.
    if (!isRefunded) return { state: "lost" }
    const call = () => settleDemandCall(contracts, { receipt, inclusion }, questionId)
    return { move: { kind: "settle", key: `settle:${id}`, why: "takes the bond of a demand back", call } }
  }

  /** The bond of a claim of omission. */
  async #claimed(
    { id }: Bond,
    { signed: { receipt }, id: about }: Known,
    at: AtHead,
    { clock }: View,
  ): Promise<Found> {
    const claim = await at.claim(about)
    if (claim?.claimant !== this.#me) return { state: "never" }
    if (claim.isAnswered) return { state: "lost" }
    if (claim.bond === 0n) return { state: "back" }
    // Without a conviction it comes back when the time for one is over.
    const isConvicted = (await at.proven(receipt)).includes("Omission")
    if (!isConvicted && clock <= claim.due + TURN) return {}
    const omission = () => Promise.resolve(this.#options.contracts.omission)
    const call = () => settleOmissionCall({ omission }, receipt)
    return { move: { kind: "settle", key: `settle:${id}`, why: "takes the bond of a claim back", call } }
  }
}

interface Found {
  readonly state?: BondState | "never"
  readonly move?: Move
}

const isFailed = (outcome: Outcome | undefined): boolean =>
  outcome !== undefined && outcome.state !== "confirmed"
