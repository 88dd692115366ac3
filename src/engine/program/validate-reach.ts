import type { Guard } from "../../protocol/program.ts"

/** An integer that is affine in the loop indices: `offset + sum(factors[i] * index[i])`. */
export interface Form {
  readonly offset: number
  readonly factors: readonly number[]
}

/** Loop indices from `low` to `high`, both included. */
interface Box {
  readonly low: readonly number[]
  readonly high: readonly number[]
}

/** Boxes that are looked at before the search gives up. */
const MOST_BOXES = 1 << 14

/**
 * Looks for loop indices at which all guards hold and a position, to which `slack` may still be added, is outside of
 * 0 to `length` - 1.
 *
 * @param slack the least and the greatest number that coordinates which are data add.
 * @returns such indices, `undefined` if there are none, or "unknown" if the search became too long.
 */
export function findOutside(
  position: Form,
  slack: readonly [least: number, greatest: number],
  length: number,
  guards: readonly Guard[],
  sizes: readonly number[],
): readonly number[] | "unknown" | undefined {
  const fences = guards.map(({ offset, coefficients, size }) => ({ offset, factors: coefficients, size }))
  const matters = sizes.map((_, loop) => [position, ...fences].some(({ factors }) => factors[loop] !== 0))
  const pending: Box[] = [
    { low: sizes.map(() => 0), high: sizes.map((size, i) => (matters[i] ? size - 1 : 0)) },
  ]
  for (let seen = 0; pending.length > 0; seen++) {
    if (seen === MOST_BOXES) return "unknown"
    const box = pending.pop()!
    const open = fences.filter((fence) => !contains(fence, box))
    if (open.some((fence) => greatest(fence, box) < 0 || least(fence, box) >= fence.size)) continue
    const highest = bound(position, open, box) + slack[1]
    const lowest = -bound(negated(position), open, box) + slack[0]
    if (lowest >= 0 && highest < length) continue
    const halves = split(box)
    if (!halves) return box.low
    pending.push(...halves)
  }
  return undefined
}

type Fence = Form & { readonly size: number }

const greatest = ({ offset, factors }: Form, { low, high }: Box): number =>
  factors.reduce((sum, factor, i) => sum + factor * (factor > 0 ? high[i] : low[i]), offset)

const negated = ({ offset, factors }: Form): Form => ({ offset: -offset, factors: factors.map((f) => -f) })

const least = (form: Form, box: Box): number => -greatest(negated(form), box)

const contains = (fence: Fence, box: Box): boolean =>
  least(fence, box) >= 0 && greatest(fence, box) < fence.size

/**
 * Bounds a form from above where fences hold. For any whole number m, a form f is m * fence + (f - m * fence): the
 * first part is bounded by the fence, the second one by the box. Each fence is given the m that helps most.
 */
function bound(form: Form, fences: readonly Fence[], box: Box): number {
  let [best, rest, fenced] = [greatest(form, box), form, 0]
  for (const fence of fences) {
    const [from, so] = [rest, fenced]
    for (const multiple of multiples(from, fence)) {
      const without = {
        offset: from.offset - multiple * fence.offset,
        factors: from.factors.map((factor, i) => factor - multiple * fence.factors[i]),
      }
      const part = so + Math.max(0, multiple * (fence.size - 1))
      const total = part + greatest(without, box)
      // Beyond the safe integers sums are rounded.
      if (total >= best || ![...without.factors, without.offset, part].every(Number.isSafeInteger)) continue
      ;[best, rest, fenced] = [total, without, part]
    }
  }
  return best
}

/** The multiples of a fence that leave nothing, or next to nothing, of one of a form's factors. */
function multiples(form: Form, fence: Form): Set<number> {
  const quotients = form.factors.flatMap((factor, i) =>
    fence.factors[i] === 0 ? [] : [factor / fence.factors[i]],
  )
  return new Set(quotients.flatMap((quotient) => [Math.floor(quotient), Math.ceil(quotient)]))
}

/** Two halves of a box along its longest side; `undefined` if it is one point. */
function split({ low, high }: Box): [Box, Box] | undefined {
  const lengths = low.map((from, i) => high[i] - from)
  const longest = Math.max(0, ...lengths)
  if (longest === 0) return undefined
  const loop = lengths.indexOf(longest)
  const middle = low[loop] + Math.floor(longest / 2)
  return [
    { low, high: high.with(loop, middle) },
    { low: low.with(loop, middle + 1), high },
  ]
}
