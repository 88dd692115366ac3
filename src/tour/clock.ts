import type { LocalChain } from "./chain/local-chain.ts"
import type { Affair, Chronicle } from "./chronicle.ts"

/** Seconds of the chain that pass at once when nobody says what they wait for: somebody may try something again. */
const WHILE = 1_800

/** Seconds after a moment in which others like it are waited for together. */
const TOGETHER = 3_600
/** Seconds in which a claim that is due convicts. Twin of `Omission`. */
const TURN = 3 * 86_400

/** A moment of the chain that somebody waits for. */
export interface Deadline {
  readonly what: string
  /** Unix seconds. */
  readonly time: number
  readonly block: number
}

/** What a clock looks at. */
export interface ClockParts {
  readonly chain: LocalChain
  readonly chronicle: Chronicle
  /** Moments that are not on the chain: those of answers that nobody anchors. */
  readonly others: () => readonly Deadline[]
  /** When the escrow of a payout ends. */
  readonly maturityOf: (payoutId: string) => Promise<number>
}

/** Lets the chain's time pass: block by block while something happens, else to the next moment that somebody waits for. */
export class Clock {
  readonly #parts: ClockParts
  readonly #passed = new Set<string>()

  constructor(parts: ClockParts) {
    this.#parts = parts
  }

  /** Makes a block, a second after the last one. */
  async beat(): Promise<undefined> {
    await this.#parts.chain.mine()
  }

  /** Goes on to the next moment that somebody waits for. @param isPayTime whether that may be the end of an escrow. */
  async jump(isPayTime: boolean): Promise<Deadline> {
    const next = await this.#next(isPayTime)
    await this.#parts.chain.passTo(next.time + 1, next.block)
    return next
  }

  async #next(isPayTime: boolean): Promise<Deadline> {
    const { chain, chronicle, others } = this.#parts
    const affairs = [...chronicle.affairs.values()]
    const waiting = this.#first([...others(), ...affairs.flatMap(unanswered)], TOGETHER)
    const next = waiting ?? (isPayTime ? this.#first(await this.#escrows(affairs), Infinity) : undefined)
    const { time } = await chain.now()
    return next ?? { what: "nobody says for how long", time: time + WHILE, block: 0 }
  }

  /** The ends of all escrows of which nobody was paid. */
  #escrows(affairs: readonly Affair[]): Promise<readonly Deadline[]> {
    const { chronicle, maturityOf } = this.#parts
    const unpaid = affairs.flatMap(({ conviction }) =>
      conviction && !chronicle.paid.has(conviction.payoutId) ? [conviction.payoutId] : [],
    )
    const end = async (payoutId: string): Promise<Deadline> => {
      return { what: "escrows end", time: await maturityOf(payoutId), block: 0 }
    }
    return Promise.all(unpaid.map(end))
  }

  /** The first moment that is not over, or the last one like it within so many seconds. */
  #first(deadlines: readonly Deadline[], within: number): Deadline | undefined {
    const open = deadlines.filter((one) => !this.#passed.has(nameOf(one))).toSorted((a, b) => a.time - b.time)
    const alike = open.filter(({ what, time }) => what === open[0].what && time <= open[0].time + within)
    for (const one of alike) this.#passed.add(nameOf(one))
    return alike.at(-1)
  }
}

const nameOf = ({ what, time, block }: Deadline): string => `${what} ${time} ${block}`

/** When what was asked about a receipt must be answered, and when it is too late to convict for silence. */
function unanswered({ asked, conviction }: Affair): readonly Deadline[] {
  if (conviction) return []
  const open = [...asked.values()].filter(({ isAnswered }) => !isAnswered)
  return open.flatMap(({ due, dueBlock }) => [
    { what: "answers are due", time: due, block: dueBlock },
    { what: "nobody convicts for silence any more", time: due + TURN, block: 0 },
  ])
}
