/** What was said about a drawn receipt. Twin of `IAudits.Report`. */
export const Report = { None: 0, Vouched: 1, Refuted: 2, Settled: 3 } as const
export type Report = (typeof Report)[keyof typeof Report]

/** Everything that the next step about one drawn receipt depends on, of one block. */
export interface Facts {
  readonly me: string
  /** Seconds on the registry's clock. */
  readonly clock: bigint
  readonly report: Report
  /** Whose turn it is; in lower case. */
  readonly onTurn: string
  /** Whether the account still has the seat that vouched. */
  readonly isOwnSeat: boolean
  /** Whether the receipt can be convicted where the audits are of. */
  readonly isOpen: boolean
  /** Whether its provider was asked for something that nobody has answered: silence convicts whom the answer does not. */
  readonly isAsked: boolean
  /** The conviction of its execution, if there is one that was not given back. */
  readonly conviction: { readonly challenger: string; readonly maturesAt: bigint } | undefined
  /** What is known of the answer; `ours` if this machine has run it and the receipt commits to that run. */
  readonly opinion: "ours" | "unknown" | "barred"
}

export type Step =
  | { readonly kind: "vouch" | "refute" | "settle" | "answer" }
  | { readonly kind: "run" }
  | { readonly kind: "wait" }

/** The next step about a drawn receipt. Pure. Nobody vouches for what it has not run. */
export function next(facts: Facts): Step {
  const { me, report, conviction, onTurn, isOpen, opinion } = facts
  if (report === Report.Settled) return WAIT
  if (report !== Report.None) {
    if (isRipe(facts)) return { kind: "settle" }
    const isLiable = report === Report.Vouched && facts.isOwnSeat && isOpen && !conviction
    return isLiable && facts.isAsked ? { kind: "answer" } : WAIT
  }
  if (conviction) return conviction.challenger === me ? { kind: "refute" } : WAIT
  if (onTurn !== me || !isOpen || facts.isAsked || opinion === "barred") return WAIT
  return opinion === "ours" ? { kind: "vouch" } : { kind: "run" }
}

const WAIT = { kind: "wait" } as const

/** Whether a fee is the account's, and can be had. */
function isRipe({ me, report, conviction, clock, isOpen, isOwnSeat }: Facts): boolean {
  if (conviction) return conviction.challenger === me && clock >= conviction.maturesAt
  return report === Report.Vouched && isOwnSeat && !isOpen
}
