import { ZeroAddress } from "ethers"
import type { Case } from "../book.ts"
import type { View } from "../view.ts"
import type { BondState } from "./bonds.ts"
import type { Look } from "./look.ts"
import type { Remainder } from "./spoils.ts"

/** What there is in bonds and rewards. */
export interface Sums {
  /** Wei. Of what is locked, some can be taken back now, and some is at risk: nothing is proven yet. */
  readonly bonds: Readonly<Record<"locked" | "atRisk" | "claimable" | "lost" | "won", bigint>>
  /** Token units: in escrow, and what can be claimed now. */
  readonly rewards: Readonly<Record<"won" | "claimable", bigint>>
  /** The next move that must be made, and since when it is known; on the registry's clock. */
  readonly nextDeadline?: { readonly at: number; readonly since: number }
}

/** What one case has shown of money. */
interface Share {
  readonly isProven: boolean
  readonly locked: bigint
  readonly claimable: bigint
  readonly won: bigint
  readonly ripe: bigint
  readonly deadline: { readonly at: number; readonly since: number } | undefined
}

/** Adds up what open cases have left and won, as of the last head at which each was looked at. */
export class Purse {
  readonly #shares = new Map<string, Share>()

  note(
    { id }: Case,
    { step, payouts, deadline }: Look,
    { moves, mine, left }: Remainder,
    { clock }: View,
  ): void {
    const settles = new Set(moves.filter(({ kind }) => kind === "settle").map(({ key }) => key))
    const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((all, one) => all + one, 0n)
    const before = this.#shares.get(id)?.deadline
    const now = Number(clock)
    const isDue = step.kind === "moves" && deadline !== undefined
    this.#shares.set(id, {
      isProven: payouts.some(({ challenger }) => challenger !== ZeroAddress),
      locked: sum(left.map(({ amount }) => amount)),
      claimable: sum(left.filter((bond) => settles.has(`settle:${bond.id}`)).map(({ amount }) => amount)),
      won: sum(mine.map(({ reward }) => reward)),
      ripe: sum(mine.filter(({ maturesAt }) => clock >= maturesAt).map(({ reward }) => reward)),
      deadline: isDue ? { at: deadline, since: before?.at === deadline ? before.since : now } : undefined,
    })
  }

  forget(caseId: string): void {
    this.#shares.delete(caseId)
  }

  /** @param bonds All of them, by what became of them. */
  sums(bonds: Readonly<Record<BondState, bigint>>): Sums {
    const shares = [...this.#shares.values()]
    const sum = (of: (share: Share) => bigint): bigint => shares.reduce((all, one) => all + of(one), 0n)
    const deadlines = shares.flatMap(({ deadline }) => deadline ?? []).sort((a, b) => a.at - b.at)
    return {
      bonds: {
        locked: bonds.left,
        atRisk: sum(({ isProven, locked }) => (isProven ? 0n : locked)),
        claimable: sum(({ claimable }) => claimable),
        lost: bonds.lost,
        won: bonds.back,
      },
      rewards: { won: sum(({ won }) => won), claimable: sum(({ ripe }) => ripe) },
      ...(deadlines.length > 0 ? { nextDeadline: deadlines[0] } : {}),
    }
  }
}
