import { ZeroAddress, keccak256 } from "ethers"
import { DIRECT, type Inclusion } from "../../../protocol/batch.ts"
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
import type { Move } from "../move.ts"
import { type Count, next } from "./next.ts"

export interface EquivocationGameOptions {
  readonly contracts: Contracts
  /** The account that plays. */
  readonly me: string
  readonly book: Pick<Book, "find">
}

/** One receipt that can be convicted by the other one. */
interface Charge {
  readonly accused: Known
  /** Undefined for its signature alone. */
  readonly inclusion: Inclusion | undefined
  readonly place: Place | undefined
  readonly evidence: string
}

/** Two receipts for one request. Each that has a bond can be convicted; if none has, the signatures suffice. */
export class EquivocationGame implements Game {
  readonly #options: EquivocationGameOptions
  readonly #me: string

  constructor(options: EquivocationGameOptions) {
    this.#options = options
    this.#me = options.me.toLowerCase()
  }

  async look({ otherId }: Case, known: Known, at: AtHead, view: View): Promise<Look> {
    const other = otherId === undefined ? undefined : await this.#options.book.find(otherId)
    if (!other) throw new OnusError("ReceiptUnknown", `The other receipt of ${known.id} is not in the book`)
    const receipts = [known.signed.receipt, other.signed.receipt]
    const payouts = await at.payouts("Equivocation", receipts)
    const common = { fault: "Equivocation", receipts, payouts } as const
    const charges = await this.#charges(known, other, at)
    const counts = await Promise.all(charges.map((charge) => this.#count(charge, payouts, at, view)))
    const step = next(counts, { me: this.#me, payouts, time: BigInt(timeOf(view)) })
    const ends = charges.flatMap(({ place }) => (place ? [Number(place.end)] : []))
    const deadline = ends.length > 0 ? Math.min(...ends) : undefined
    if (step.kind !== "acts") return { ...common, step, deadline }
    const moves = step.acts.map((act) => this.#move(act.kind, counts[act.count], charges[act.count]))
    const outlook = () => Promise.resolve(outlookOf(counts, charges))
    return { ...common, step: { kind: "moves", moves }, deadline, outlook }
  }

  /** Receipts with a bond that can be taken; if there is none, one by its signature. */
  async #charges(one: Known, other: Known, at: AtHead): Promise<readonly Charge[]> {
    const [first, second] = await Promise.all([placed(one, at), placed(other, at)])
    const pairs = [
      [first, second],
      [second, first],
    ] as const
    const charges = pairs.flatMap(([accused, by]) => {
      const evidence = evidenceOf(by)
      return evidence === undefined ? [] : [{ ...accused, evidence }]
    })
    const bonded = charges.filter(({ place }) => place?.isOpen && place.bond > 0n)
    if (bonded.length > 0) return bonded
    const signed = charges.filter(({ accused }) => isSigned(accused))
    return signed.slice(0, 1).map((charge) => ({ ...charge, inclusion: undefined, place: undefined }))
  }

  async #count(charge: Charge, payouts: readonly Payout[], at: AtHead, view: View): Promise<Count> {
    const { accused, evidence, inclusion } = charge
    const hash = commitmentTo(accused.id, this.#me, evidence)
    const call = await this.#conviction(charge)
    const [since, rehearsal] = await Promise.all([
      at.committedAt("equivocation", hash),
      at.rehearse(this.#me, call),
    ])
    const commitment: Commitment = { hash, since }
    const own = inclusion && payouts.find(({ id }) => id === accused.id)
    const isTaken = own !== undefined && own.challenger !== ZeroAddress
    return { commitment, rehearsal, isTaken, deadline: deadlineOf(charge, view) }
  }

  #move(kind: "commit" | "convict", { commitment, deadline }: Count, charge: Charge): Move {
    const { accused, inclusion, evidence } = charge
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

  #conviction({ accused, inclusion, evidence }: Charge): Promise<Call> {
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

async function placed(accused: Known, at: AtHead) {
  const inclusion = accused.inclusion ?? (accused.isAttested ? DIRECT : undefined)
  const place = inclusion && (await at.place(accused.signed.receipt, inclusion))
  return { accused, inclusion: place && inclusion, place }
}

/** By what the other receipt binds its provider: its signature, or its place. */
function evidenceOf({ accused, inclusion }: Pick<Charge, "accused" | "inclusion">): string | undefined {
  if (isSigned(accused)) return equivocationEvidence(accused.signed)
  return inclusion && equivocationEvidence(accused.signed, inclusion)
}

function deadlineOf({ place }: Charge, view: View): number | undefined {
  const moment = { time: BigInt(timeOf(view)), clock: view.clock }
  return place && Number(unixTime(place.end, moment))
}
