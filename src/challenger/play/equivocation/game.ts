import { ZeroAddress, keccak256 } from "ethers"
import type { Inclusion } from "../../../protocol/batch.ts"
import { OnusError } from "../../../protocol/errors.ts"
import type { Call } from "../../../sdk/calls.ts"
import { convictCall, convictSignedCall } from "../../../sdk/calls.ts"
import { unixTime } from "../../../sdk/chain-time.ts"
import { equivocationEvidence } from "../../../sdk/convict.ts"
import { commitCall } from "../../../sdk/game/calls.ts"
import { commitmentTo } from "../../../sdk/game/commit.ts"
import type { Book, Case, Known } from "../../book.ts"
import { equivocationGas } from "../../value/gas.ts"
import { type View, timeOf } from "../../view.ts"
import type { AtHead, Payout, Place } from "../at-head.ts"
import type { Commitment } from "../commitment.ts"
import type { Contracts } from "../contracts.ts"
import type { Game, Look, Outlook } from "../look.ts"
import { type Move, wait } from "../move.ts"
import { placeOf } from "../place-of.ts"
import { type Count, next } from "./next.ts"
import { Turns } from "../turns.ts"

export interface EquivocationGameOptions {
  readonly contracts: Contracts
  /** The account that plays. */
  readonly me: string
  readonly book: Pick<Book, "find" | "placesOf">
}

/** One receipt that can be convicted by the other one. */
interface Charge {
  readonly accused: Known
  /** Undefined for its signature alone. */
  readonly inclusion: Inclusion | undefined
  readonly place: Place | undefined
  /** What binds the provider to the other receipt: the cheapest first. */
  readonly evidences: readonly string[]
}

/** A charge with the evidence that convicts, if any does. */
interface Brought extends Charge {
  readonly evidence: string
  readonly count: Count
}

/** Two receipts for one request. Each that has a bond can be convicted; if none has, the signatures suffice. */
export class EquivocationGame implements Game {
  readonly #options: EquivocationGameOptions
  readonly #me: string
  /** A provider is excluded by its first equivocation: one that takes no bond is worth something once. */
  readonly #turns = new Turns(1)

  constructor(options: EquivocationGameOptions) {
    this.#options = options
    this.#me = options.me.toLowerCase()
  }

  async look({ id, otherId }: Case, known: Known, at: AtHead, view: View): Promise<Look> {
    const other = otherId === undefined ? undefined : await this.#options.book.find(otherId)
    if (!other) throw new OnusError("ReceiptUnknown", `The other receipt of ${known.id} is not in the book`)
    const receipts = [known.signed.receipt, other.signed.receipt]
    const payouts = await at.payouts("Equivocation", receipts)
    const common = { fault: "Equivocation", receipts, payouts } as const
    const charges = await this.#brought(known, other, payouts, at, view)
    const counts = charges.map(({ count }) => count)
    const time = timeOf(view)
    const step = next(counts, { me: this.#me, payouts, time: BigInt(time) })
    const ends = charges.flatMap(({ place }) => (place ? [Number(place.end)] : []))
    const deadline = ends.length > 0 ? Math.min(...ends) : undefined
    const { provider } = known.signed.receipt
    if (step.kind !== "acts") {
      this.#turns.leave(provider, id)
      return { ...common, step, deadline }
    }
    const hasTurn = this.#turns.take(provider, id, time)
    if (!hasTurn && charges.every(({ place }) => !place))
      return { ...common, step: wait("Another case excludes its provider first"), deadline }
    const moves = step.acts.map((act) => this.#move(act.kind, charges[act.count]))
    const outlook = () => Promise.resolve(outlookOf(counts, charges))
    return { ...common, step: { kind: "moves", moves }, deadline, outlook }
  }

  /** Receipts with a bond that can be taken; if there is none, one by its signature. */
  async #brought(
    one: Known,
    other: Known,
    payouts: readonly Payout[],
    at: AtHead,
    view: View,
  ): Promise<readonly Brought[]> {
    const [first, second] = await Promise.all([this.#placed(one, at), this.#placed(other, at)])
    const pairs = [
      [first, second],
      [second, first],
    ] as const
    const charges = pairs.map(([accused, by]) => ({ ...accused, evidences: evidencesOf(by) }))
    const bring = (some: readonly Charge[]) =>
      Promise.all(some.map((charge) => this.#bring(charge, payouts, at, view)))
    const bonded = charges.filter(({ place }) => place?.isOpen && place.bond > 0n)
    if (bonded.length > 0) return (await bring(bonded)).flat()
    const signed = charges.filter(({ accused }) => isSigned(accused))
    const brought = (
      await bring(signed.map((charge) => ({ ...charge, inclusion: undefined, place: undefined })))
    ).flat()
    const taken = brought.filter(({ count }) => "taken" in count.rehearsal)
    return taken.length > 0 ? taken.slice(0, 1) : brought
  }

  async #placed(accused: Known, at: AtHead) {
    const { inclusion, place } = (await placeOf(accused, this.#options.book, at)) ?? {}
    return { accused, inclusion: place && inclusion, place }
  }

  /** What convicts by it. A signature that a provider lists may be none: then the place that it is listed for counts. */
  async #bring(
    charge: Charge,
    payouts: readonly Payout[],
    at: AtHead,
    view: View,
  ): Promise<readonly Brought[]> {
    const brought: Brought[] = []
    for (const evidence of charge.evidences) {
      const count = await this.#count(charge, evidence, payouts, at, view)
      if ("taken" in count.rehearsal) return [{ ...charge, evidence, count }]
      brought.push({ ...charge, evidence, count })
    }
    return brought
  }

  async #count(
    charge: Charge,
    evidence: string,
    payouts: readonly Payout[],
    at: AtHead,
    view: View,
  ): Promise<Count> {
    const { accused, inclusion } = charge
    const hash = commitmentTo(accused.id, this.#me, evidence)
    const call = await this.#conviction({ ...charge, evidence })
    const [since, rehearsal] = await Promise.all([
      at.committedAt("equivocation", hash),
      at.rehearse(this.#me, call),
    ])
    const commitment: Commitment = { hash, since }
    const own = inclusion && payouts.find(({ id }) => id === accused.id)
    const isTaken = own !== undefined && own.challenger !== ZeroAddress
    return { commitment, rehearsal, isTaken, deadline: deadlineOf(charge, view) }
  }

  #move(kind: "commit" | "convict", charge: Brought): Move {
    const { accused, inclusion, evidence } = charge
    const { commitment, deadline } = charge.count
    const timed = deadline === undefined ? {} : { deadline }
    if (kind === "commit")
      return {
        ...timed,
        kind,
        key: `commit:${accused.id}:${commitment.hash}:${commitment.since}`,
        why: "records that the challenger knows the other receipt",
        call: () => commitCall(this.#options.contracts.equivocation, commitment.hash),
      }
    return {
      ...timed,
      kind,
      key: `convict:${accused.id}:${keccak256(evidence)}${inclusion ? "" : ":signed"}`,
      why: "convicts the receipt by another one for the same request",
      call: () => this.#conviction(charge),
    }
  }

  #conviction({
    accused,
    inclusion,
    evidence,
  }: Pick<Charge, "accused" | "inclusion"> & { readonly evidence: string }): Promise<Call> {
    const { contracts } = this.#options
    const { signed } = accused
    return inclusion
      ? convictCall(contracts, "Equivocation", signed.receipt, inclusion, evidence)
      : convictSignedCall(contracts, "Equivocation", signed, evidence)
  }
}

function outlookOf(counts: readonly Count[], charges: readonly Charge[]): Outlook {
  const [{ accused }] = charges
  const { provider, coverage } = accused.signed.receipt
  const taken = counts.flatMap(({ rehearsal }) => ("taken" in rehearsal ? [rehearsal.taken.reward] : []))
  return {
    way: "equivocation",
    provider,
    reward: taken.reduce((sum, reward) => sum + reward, 0n),
    bond: 0n,
    reserved: 2n * coverage,
    left: 0n,
    gas: equivocationGas(taken.length),
  }
}

const isSigned = ({ signed }: Known): boolean => signed.signature.length > 2

/** By what the other receipt binds its provider: its signature, or its place. */
function evidencesOf({ accused, inclusion }: Pick<Charge, "accused" | "inclusion">): readonly string[] {
  return [
    ...(isSigned(accused) ? [equivocationEvidence(accused.signed)] : []),
    ...(inclusion ? [equivocationEvidence(accused.signed, inclusion)] : []),
  ]
}

function deadlineOf({ place }: Charge, view: View): number | undefined {
  const moment = { time: BigInt(timeOf(view)), clock: view.clock }
  return place && Number(unixTime(place.end, moment))
}
