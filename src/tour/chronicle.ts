import { AbiCoder, type Interface, type Log, type TransactionReceipt, type TransactionResponse } from "ethers"
import { subjectOf } from "../engine/audit/evidence.ts"
import type { Client } from "../sdk/client.ts"
import { Fault, type FaultName } from "../sdk/fault.ts"
import { commitmentTo } from "../sdk/game/commit.ts"
import { type Court, openCourt } from "../sdk/game/court.ts"

/** A moment of the tour. */
export interface Moment {
  /** Seconds on the wall since the tour began. */
  readonly seconds: number
  readonly block: number
  /** Unix seconds of that block. */
  readonly time: number
}

/** What a transaction was. */
export interface Spent {
  readonly gas: bigint
  /** Wei that the gas cost. */
  readonly fee: bigint
}

/** What the chain says about a receipt, one after the other. */
export interface Event extends Moment {
  readonly name: string
  readonly transaction: string
  readonly from: string
  readonly args: Readonly<Record<string, unknown>>
}

/** By what a receipt was convicted. */
export type Proof =
  | { readonly kind: "element"; readonly step: number; readonly element: number }
  | { readonly kind: "silence" }
  | { readonly kind: "signatures" }
  | { readonly kind: "never anchored" }

/** A conviction, as its event and its transaction tell it. Amounts in token units. */
export interface Conviction extends Moment {
  readonly fault: FaultName
  readonly proof: Proof
  readonly challenger: string
  readonly payoutId: string
  readonly bond: bigint
  readonly punitive: bigint
  readonly restitution: bigint
  readonly reward: bigint
}

/** Something that a provider has to answer. */
export interface Challenge {
  /** Wei that were left for it. */
  readonly bond: bigint
  /** Seconds on the registry's clock. */
  readonly due: number
  readonly dueBlock: number
  readonly isAnswered: boolean
}

/** Everything that the chain has shown about one receipt. */
export interface Affair {
  readonly receiptId: string
  readonly events: Event[]
  /** Of the challenger's transactions about it. */
  readonly spent: Spent[]
  /** What it has to answer, by question; a claim of omission has no name. */
  readonly asked: Map<string, Challenge>
  /** Wei that it has got back. */
  returned: bigint
  conviction: Conviction | undefined
}

/** Events that say that somebody was accused, and what follows from that. */
const ACCUSING: ReadonlySet<string> = new Set(["Demanded", "Claimed", "Convicted", "Advanced"])

const coder = AbiCoder.defaultAbiCoder()

/** Writes down what happens on the chain, and reads nothing else. */
export class Chronicle {
  readonly affairs = new Map<string, Affair>()
  /** Payouts that were claimed by their challenger. */
  readonly paid = new Map<string, Moment>()
  readonly #began = performance.now()
  readonly #court: Court
  readonly #challenger: string
  readonly #interfaces: ReadonlyMap<string, Interface>
  readonly #commitments = new Map<string, Spent>()
  readonly #seen = new Set<string>()
  #next: number

  private constructor(
    court: Court,
    challenger: string,
    interfaces: ReadonlyMap<string, Interface>,
    next: number,
  ) {
    this.#court = court
    this.#challenger = challenger
    this.#interfaces = interfaces
    this.#next = next
  }

  /** @param challenger whose costs are counted. */
  static async open(client: Client, challenger: string): Promise<Chronicle> {
    const court = await openCourt(client)
    const omission = await client.omission()
    const equivocation = await client.onus.faultModule(Fault.Equivocation)
    const interfaces = new Map([
      [await client.onus.getAddress(), client.onus.interface],
      [await court.judge.getAddress(), court.judge.interface],
      [await omission.getAddress(), omission.interface],
      // It has no events but those of commitments.
      [equivocation, court.judge.interface],
    ] as [string, Interface][])
    const next = await client.onus.runner!.provider!.getBlockNumber()
    return new Chronicle(court, challenger, interfaces, next + 1)
  }

  get seconds(): number {
    return (performance.now() - this.#began) / 1000
  }

  /** Reads what is new. @returns the events, in order. */
  async read(): Promise<readonly Event[]> {
    const provider = this.#court.onus.runner!.provider!
    const toBlock = await provider.getBlockNumber()
    if (toBlock < this.#next) return []
    const address = [...this.#interfaces.keys()]
    const logs = await provider.getLogs({ address, fromBlock: this.#next, toBlock })
    this.#next = toBlock + 1
    const events: Event[] = []
    for (const log of logs) {
      const event = await this.#note(log)
      if (event) events.push(event)
    }
    return events
  }

  async #note(log: Log): Promise<Event | undefined> {
    const parsed = this.#interfaces.get(log.address)?.parseLog(log)
    if (!parsed) return undefined
    const [transaction, receipt, block] = await Promise.all([
      log.getTransaction(),
      log.getTransactionReceipt(),
      log.getBlock(),
    ])
    const moment = { seconds: this.seconds, block: log.blockNumber, time: block.timestamp }
    const args = parsed.args.toObject() as Record<string, unknown>
    const event = { ...moment, name: parsed.name, transaction: log.transactionHash, from: receipt.from, args }
    this.#count(event, transaction, receipt)
    return event
  }

  #count(event: Event, transaction: TransactionResponse, receipt: TransactionReceipt): void {
    const { name, args } = event
    const spent = { gas: receipt.gasUsed, fee: receipt.fee }
    const isOwn = event.from === this.#challenger
    if (name === "Committed") {
      if (isOwn) this.#commitments.set(args.commitment as string, spent)
      return
    }
    if (name === "PayoutClaimed" && args.to === this.#challenger)
      this.paid.set(args.payoutId as string, event)
    const affair =
      this.affairOf(event) ?? (ACCUSING.has(name) ? this.#begin(args.receiptId as string) : undefined)
    if (!affair) return
    affair.events.push(event)
    if (isOwn) {
      // A transaction may say several things.
      if (!this.#seen.has(receipt.hash)) affair.spent.push(spent)
      this.#seen.add(receipt.hash)
      affair.spent.push(...this.#commitmentTo(affair, event, transaction))
    }
    const question = (args.questionId ?? "") as string
    const challenge = affair.asked.get(question)
    if (name === "Demanded" || name === "Claimed") affair.asked.set(question, askedIn(args))
    if (name.endsWith("Answered") && challenge) affair.asked.set(question, { ...challenge, isAnswered: true })
    if (name === "Settled") affair.returned += args.to === this.#challenger ? (args.bond as bigint) : 0n
    if (name === "Convicted") affair.conviction = convictionIn(event, transaction, this.#court)
  }

  /** What an event is about, if that is known. */
  affairOf({ args }: Pick<Event, "args">): Affair | undefined {
    const { receiptId, payoutId } = args as Readonly<Record<"receiptId" | "payoutId", string | undefined>>
    if (receiptId !== undefined) return this.affairs.get(receiptId)
    const affairs = [...this.affairs.values()]
    return affairs.find(({ conviction }) => conviction !== undefined && conviction.payoutId === payoutId)
  }

  #begin(receiptId: string): Affair {
    const affair: Affair = {
      receiptId,
      events: [],
      spent: [],
      asked: new Map(),
      returned: 0n,
      conviction: undefined,
    }
    this.affairs.set(receiptId, affair)
    return affair
  }

  /** The commitment to what this event shows, if there is one. */
  #commitmentTo({ receiptId }: Affair, event: Event, transaction: TransactionResponse): readonly Spent[] {
    const evidence = shownBy(event, transaction, this.#court)
    if (evidence === undefined) return []
    const commitment = commitmentTo(receiptId, this.#challenger, evidence)
    const spent = this.#commitments.get(commitment)
    this.#commitments.delete(commitment)
    return spent ? [spent] : []
  }
}

function askedIn(args: Event["args"]): Challenge {
  const { bond, due, dueBlock } = args as Readonly<Record<"bond" | "due" | "dueBlock", bigint>>
  return { bond, due: Number(due), dueBlock: Number(dueBlock), isAnswered: false }
}

/** What an event shows that could have been committed to. */
function shownBy({ name, args }: Event, transaction: TransactionResponse, court: Court): string | undefined {
  if (name === "Convicted" || name === "RewardMoved") return evidenceIn(transaction, court)
  if (name !== "Demanded") return undefined
  const salt = court.judge.interface.parseTransaction(transaction)?.args.salt as string | undefined
  return salt === undefined ? undefined : coder.encode(["bytes32", "bytes32"], [args.questionId, salt])
}

/** The `evidence` argument of a conviction. */
const evidenceIn = (transaction: TransactionResponse, { onus }: Court): string | undefined =>
  onus.interface.parseTransaction(transaction)?.args.evidence as string | undefined

function convictionIn(event: Event, transaction: TransactionResponse, court: Court): Conviction {
  const { args, seconds, block, time } = event
  const {
    fault: number,
    challenger,
    payoutId,
    bond,
    punitive,
    restitution,
    reward,
  } = args as Readonly<Record<"fault" | "bond" | "punitive" | "restitution" | "reward", bigint>> &
    Readonly<Record<"challenger" | "payoutId", string>>
  const fault = (Object.keys(Fault) as FaultName[]).find((name) => BigInt(Fault[name]) === number)!
  const money = { challenger, payoutId, bond, punitive, restitution, reward }
  return { seconds, block, time, fault, proof: proofIn(fault, transaction, court), ...money }
}

function proofIn(fault: FaultName, transaction: TransactionResponse, court: Court): Proof {
  if (fault === "Equivocation") return { kind: "signatures" }
  if (fault === "Omission") return { kind: "never anchored" }
  const subject = subjectOf(evidenceIn(transaction, court)!)
  return "question" in subject ? { kind: "silence" } : { kind: "element", ...subject }
}
