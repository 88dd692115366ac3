import { ZeroAddress } from "ethers"
import { batchId } from "../../../protocol/batch.ts"
import { CLAIM_GAS, bondAt } from "../../../sdk/bond.ts"
import { claimOmissionCall, convictSignedCall } from "../../../sdk/calls.ts"
import { unixTime } from "../../../sdk/chain-time.ts"
import type { Book, Case, Known } from "../../book.ts"
import { omissionGas } from "../../value/gas.ts"
import { recentFaults } from "../../value/reward.ts"
import { type View, timeOf } from "../../view.ts"
import type { AtHead } from "../at-head.ts"
import type { Contracts } from "../contracts.ts"
import type { Game, Look, Outlook } from "../look.ts"
import { type Move, over, wait } from "../move.ts"
import { Turns } from "../turns.ts"
import { type Act, type Facts, TURN, next } from "./next.ts"

const ENOUGH = "As many claims against its provider are open as can be paid"

/** Seconds after its signature in which a receipt can be claimed. Twin of `Omission`. */
const STATUTE = 10n * 86_400n

/** Faults within their memory by which a provider is excluded: claims beside so many bring nothing. Twin of `Convictions`. */
const EXCLUDING = 3

export interface OmissionGameOptions {
  readonly contracts: Contracts
  readonly book: Pick<Book, "placesOf">
  /** The account that plays. */
  readonly me: string
}

/** A signed receipt that was not anchored as it promises. */
export class OmissionGame implements Game {
  readonly #contracts: Contracts
  readonly #book: Pick<Book, "placesOf">
  readonly #me: string
  readonly #turns = new Turns(EXCLUDING)

  constructor({ contracts, book, me }: OmissionGameOptions) {
    this.#contracts = contracts
    this.#book = book
    this.#me = me.toLowerCase()
  }

  async look({ id }: Case, known: Known, at: AtHead, view: View): Promise<Look> {
    const { receipt } = known.signed
    // Nothing is taken for its own bond: it has none.
    const payouts = (await at.payouts("Omission", [receipt])).slice(1)
    const common = { fault: "Omission", receipts: [receipt], payouts } as const
    const [due] = payouts
    if (due.challenger === this.#me && due.fault === "Omission") {
      const step = due.isReturned
        ? over("lost", "Governance has given back what the conviction took")
        : over("won", "It is convicted")
      return { ...common, step, deadline: undefined }
    }
    const [claim, stake] = await Promise.all([at.claim(known.id), at.stake(receipt.provider)])
    const amount = bondAt(await at.answerPrice("omission"), view.baseFee, CLAIM_GAS)
    const call = claim ? this.#conviction(known) : this.#claim(known, amount)
    const facts: Facts = {
      me: this.#me,
      clock: view.clock,
      block: BigInt(view.head.latest.number),
      isExcluded: stake.isExcluded,
      isAnchored: await this.#isKept(known, at),
      claim,
      isConvicted: due.challenger !== ZeroAddress,
      rehearsal: await at.rehearse(this.#me, await call),
    }
    const step = next(facts)
    const moment = { time: BigInt(timeOf(view)), clock: view.clock }
    const most = claim ? Infinity : EXCLUDING - recentFaults(stake, moment.time)
    if (step.kind === "over") this.#turns.leave(receipt.provider, id)
    else if (claim || step.kind === "omission") {
      const hasTurn = this.#turns.take(receipt.provider, id, timeOf(view), most)
      if (!hasTurn) return { ...common, step: wait(ENOUGH), deadline: undefined }
    }
    const until = claim ? unixTime(claim.due + TURN, moment) : receipt.issuedAt + STATUTE
    // On the registry's clock, as all deadlines of cases.
    const deadline = Number(until - moment.time + moment.clock)
    if (step.kind === "wait" || step.kind === "over") return { ...common, step, deadline }
    const move = this.#move(step, known, amount, Number(until))
    const outlook = () => Promise.resolve(this.#outlook(known, facts, amount))
    return { ...common, step: { kind: "moves", moves: [move] }, deadline, outlook }
  }

  /** Whether a place is known that answers a claim. Twin of `Omission`: late, or elsewhere, is not as promised. */
  async #isKept({ id, signed: { receipt }, inclusion, isAttested }: Known, at: AtHead): Promise<boolean> {
    if (isAttested || (await at.lockedAt(id)) !== 0n) return true
    const places = [...(inclusion ? [inclusion] : []), ...(await this.#book.placesOf(id))]
    const promised = places.filter(
      ({ batch }) => isSame(batch.modelId, receipt.modelId) && batch.window >= receipt.challengeWindow,
    )
    const times = await Promise.all(promised.map(({ batch }) => at.lockedAt(batchId(batch))))
    return times.some((time) => time !== 0n && time <= receipt.anchorBy)
  }

  #move({ kind }: Act, known: Known, amount: bigint, deadline: number): Move {
    if (kind === "convict")
      return {
        kind,
        deadline,
        key: `convict:${known.id}:omission`,
        why: "convicts a provider that did not say where the receipt is anchored",
        call: () => this.#conviction(known),
      }
    return {
      kind,
      deadline,
      key: `omission:${known.id}`,
      why: "claims that the receipt was not anchored as it promises",
      bond: { questionId: "", amount },
      call: () => this.#claim(known, amount),
    }
  }

  #claim({ signed }: Known, amount: bigint) {
    const omission = () => Promise.resolve(this.#contracts.omission)
    return claimOmissionCall({ omission }, signed, amount)
  }

  #conviction({ signed }: Known) {
    return convictSignedCall(this.#contracts, "Omission", signed, "0x")
  }

  #outlook({ signed }: Known, { claim, rehearsal }: Facts, amount: bigint): Outlook {
    const { provider } = signed.receipt
    const reward = claim && "taken" in rehearsal ? rehearsal.taken.reward : undefined
    const base = { provider, reward, bond: 0n, reserved: 0n }
    if (claim) return { ...base, way: "joined", left: 0n, gas: omissionGas(true) }
    return { ...base, way: "omission", left: amount, gas: omissionGas(false) }
  }
}

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()
