import { ZeroAddress } from "ethers"
import { CLAIM_GAS, bondAt } from "../../../sdk/bond.ts"
import { claimOmissionCall, convictSignedCall } from "../../../sdk/calls.ts"
import { unixTime } from "../../../sdk/chain-time.ts"
import type { Case, Known } from "../../book.ts"
import { omissionGas } from "../../value/gas.ts"
import { type View, timeOf } from "../../view.ts"
import type { AtHead } from "../at-head.ts"
import type { Contracts } from "../contracts.ts"
import type { Game, Look, Outlook } from "../look.ts"
import { type Move, over } from "../move.ts"
import { type Act, type Facts, TURN, next } from "./next.ts"

/** Seconds after its signature in which a receipt can be claimed. Twin of `Omission`. */
const STATUTE = 10n * 86_400n

export interface OmissionGameOptions {
  readonly contracts: Contracts
  /** The account that plays. */
  readonly me: string
}

/** A signed receipt that was not anchored as it promises. */
export class OmissionGame implements Game {
  readonly #contracts: Contracts
  readonly #me: string

  constructor({ contracts, me }: OmissionGameOptions) {
    this.#contracts = contracts
    this.#me = me.toLowerCase()
  }

  async look(_: Case, known: Known, at: AtHead, view: View): Promise<Look> {
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
    const claim = await at.claim(known.id)
    const amount = bondAt(await at.answerPrice("omission"), view.baseFee, CLAIM_GAS)
    const call = claim ? this.#conviction(known) : this.#claim(known, amount)
    const facts: Facts = {
      me: this.#me,
      clock: view.clock,
      block: BigInt(view.head.latest.number),
      isExcluded: (await at.stake(receipt.provider)).isExcluded,
      isAnchored: known.inclusion !== undefined || known.isAttested || (await at.isLocked(known.id)),
      claim,
      isConvicted: due.challenger !== ZeroAddress,
      rehearsal: await at.rehearse(this.#me, await call),
    }
    const step = next(facts)
    const moment = { time: BigInt(timeOf(view)), clock: view.clock }
    const until = claim ? unixTime(claim.due + TURN, moment) : receipt.issuedAt + STATUTE
    // On the registry's clock, as all deadlines of cases.
    const deadline = Number(until - moment.time + moment.clock)
    if (step.kind === "wait" || step.kind === "over") return { ...common, step, deadline }
    const move = this.#move(step, known, amount, Number(until))
    const outlook = () => Promise.resolve(this.#outlook(known, facts, amount))
    return { ...common, step: { kind: "moves", moves: [move] }, deadline, outlook }
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
