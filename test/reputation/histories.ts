import { between, onceIn, pick } from "../engine/program/words.ts"
import type { Random } from "../referee/float32-cases.ts"
import { CAP, DAY, ONE, type Step } from "./exact.ts"

export const MIN_STAKE = 100n * 10n ** 18n
export const MODELS = 3
export const PAYERS = 8
/** What buys all that one payer may give, in token units. */
const CAP_FEE = (CAP / ONE / DAY) * (MIN_STAKE / 500n)

export type Kind = "anything" | "self-traffic" | "one payer" | "whitewash" | "identities" | "batches"

/** A step of one of the providers of a group. */
export interface Move extends Step {
  readonly who: number
}

/** Providers whose histories have something to do with each other. */
export interface Group {
  readonly kind: Kind
  /** How many providers. */
  readonly size: number
  /** What happens at one of the moments, in this order. */
  readonly draw: (random: Random, moment: number) => Move[]
  /** Pairs of which the first scores at least as much as the second after some moments. */
  readonly order: readonly { readonly least: number; readonly most: number }[]
}

/** Moments of a history. */
export const MOMENTS = 18

/** Any whole number of so many digits, to the power of ten. */
function magnitude(random: Random, low: number, high: number): bigint {
  return BigInt(between(random, 100, 999)) * 10n ** BigInt(between(random, low, high) - 2)
}

interface Ranges {
  readonly kinds: readonly Step["kind"][]
  readonly payers: number
}

const ANYTHING: Ranges = {
  kinds: ["credit", "credit", "credit", "fee", "fee", "fee", "damage"],
  payers: PAYERS,
}

function drawStep(random: Random, { kinds, payers }: Ranges): Step {
  const kind = pick(random, kinds)
  // A bond of a millionth to a thousand times the minimum stake.
  const bond = kind === "damage" && onceIn(random, 4) ? 0n : magnitude(random, 14, 22)
  // From a thousandth of what one payer may give to more than it.
  const fee = onceIn(random, 2) ? CAP_FEE : magnitude(random, 15, 18)
  return {
    kind,
    model: between(random, 0, MODELS - 1),
    amount: kind === "fee" ? fee : bond,
    window: BigInt(between(random, 600, 14 * 86_400)),
    keep: pick(random, [20n, 20n, 0n, 100n]),
    payer: between(random, 0, payers - 1),
  }
}

function drawSteps(random: Random, ranges = ANYTHING): Step[] {
  return Array.from({ length: between(random, 0, 3) }, () => drawStep(random, ranges))
}

const by = (who: number, steps: readonly Step[]): Move[] => steps.map((step) => ({ ...step, who }))

function single(ranges: Ranges): (kind: Kind) => Group {
  const draw = (random: Random): Move[] => by(0, drawSteps(random, ranges))
  return (kind) => ({ kind, size: 1, draw, order: [] })
}

/** An old identity with any past, and a fresh one, to which the same happens from some moment on. */
function whitewash(kind: Kind, random: Random): Group {
  const start = between(random, 1, MOMENTS - 2)
  const draw = (random: Random, moment: number): Move[] => {
    const steps = drawSteps(random)
    return moment < start ? by(0, steps) : [...by(0, steps), ...by(1, steps)]
  }
  return { kind, size: 2, draw, order: [{ least: 0, most: 1 }] }
}

/** One identity, and several to which the same happens by turns; faults happen to all. */
function identities(kind: Kind, random: Random): Group {
  const parts = between(random, 2, 4)
  const all = Array.from({ length: parts + 1 }, (_, who) => who)
  const draw = (random: Random): Move[] =>
    drawSteps(random).flatMap((step) => {
      const others = step.kind === "damage" ? all.slice(1) : [between(random, 1, parts)]
      return [0, ...others].flatMap((who) => by(who, [step]))
    })
  return { kind, size: parts + 1, draw, order: all.slice(1).map((most) => ({ least: 0, most })) }
}

/** The same bonds and fees at once, and in pieces. */
function batches(kind: Kind): Group {
  const draw = (random: Random): Move[] =>
    drawSteps(random).flatMap((step) => {
      const pieces = step.kind === "damage" ? 1 : between(random, 2, 5)
      const piece = { ...step, amount: step.amount / BigInt(pieces) }
      return [
        ...by(0, [step]),
        ...by(
          1,
          Array.from({ length: pieces }, () => piece),
        ),
      ]
    })
  return { kind, size: 2, draw, order: [{ least: 0, most: 1 }] }
}

const GROUPS: Readonly<Record<Kind, (kind: Kind, random: Random) => Group>> = {
  anything: single(ANYTHING),
  "self-traffic": single({ ...ANYTHING, kinds: ["credit", "damage"] }),
  "one payer": single({ ...ANYTHING, payers: 1 }),
  whitewash,
  identities,
  batches,
}

/** Groups of all kinds by turns, with at least so many histories. */
export function drawGroups(random: Random, histories: number): Group[] {
  const kinds = Object.keys(GROUPS) as Kind[]
  const groups: Group[] = []
  for (let drawn = 0; drawn < histories;) {
    const kind = kinds[groups.length % kinds.length]
    const group = GROUPS[kind](kind, random)
    groups.push(group)
    drawn += group.size
  }
  return groups
}

/** Seconds to the next moment: of everything from one second to some years. */
export function drawGap(random: Random): bigint {
  const longest = onceIn(random, 40) ? 2_000 * 86_400 : pick(random, [1, 3_600, 86_400, 864_000, 5_000_000])
  return BigInt(between(random, 1, longest))
}
