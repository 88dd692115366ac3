import type { Access, Guard } from "../../protocol/program.ts"

/** The affine part of an access over a list of loops, domain first. Strides count elements. */
export interface Affine {
  readonly base: number
  readonly strides: readonly number[]
  readonly guards: readonly Guard[]
}

/** A guard that never holds. */
const NEVER = (loops: number): Guard => ({
  coefficients: new Array<number>(loops).fill(0),
  offset: 0,
  size: 0,
})

const zipped = (a: readonly number[], b: readonly number[], f: (x: number, y: number) => number): number[] =>
  a.map((x, i) => f(x, b[i]))

/** Least and greatest value of an affine expression over loops of these sizes, all of them at least 1. */
export function range(
  factors: readonly number[],
  offset: number,
  sizes: readonly number[],
): [number, number] {
  const reach = zipped(factors, sizes, (factor, size) => factor * (size - 1))
  return [
    reach.reduce((sum, by) => sum + Math.min(by, 0), offset),
    reach.reduce((sum, by) => sum + Math.max(by, 0), offset),
  ]
}

/** True if the access is nothing but padding. */
export const isPadding = ({ guards }: Affine): boolean => guards.some(({ size }) => size <= 0)

/**
 * The affine part of an access with simple guards: none that always holds, a single one that never does, and
 * coefficient 1 where only one loop matters.
 */
export function simplified(
  access: Pick<Access, "base" | "strides" | "guards">,
  sizes: readonly number[],
): Affine {
  const { base, strides } = access
  const guards: Guard[] = []
  for (const guard of access.guards) {
    const [least, greatest] = range(guard.coefficients, guard.offset, sizes)
    if (least >= 0 && greatest < guard.size) continue
    const simple = greatest < 0 || least >= guard.size ? NEVER(sizes.length) : simpleGuard(guard, sizes)
    if (simple.size <= 0) return { base: 0, strides: sizes.map(() => 0), guards: [simple] }
    guards.push(simple)
  }
  return { base, strides: zipped(strides, sizes, (stride, size) => (size === 1 ? 0 : stride)), guards }
}

function simpleGuard(guard: Guard, sizes: readonly number[]): Guard {
  const coefficients = zipped(guard.coefficients, sizes, (factor, size) => (size === 1 ? 0 : factor))
  const loops = coefficients.flatMap((factor, i) => (factor === 0 ? [] : [i]))
  if (loops.length !== 1) return { ...guard, coefficients }
  const [loop] = loops
  const [first, end] = interval(coefficients[loop], guard, sizes[loop])
  return { coefficients: coefficients.map((_, i) => Number(i === loop)), offset: -first, size: end - first }
}

/** The indices from the first number to below the second are those where the guard holds. */
function interval(factor: number, { offset, size }: Guard, count: number): [number, number] {
  const [low, high] =
    factor > 0
      ? [-offset / factor, (size - offset) / factor]
      : [(size - 1 - offset) / factor, (-1 - offset) / factor]
  return [Math.max(0, Math.ceil(low)), Math.min(count, Math.ceil(high))]
}

/** Loops and what moves along with them. */
export interface Nest {
  readonly sizes: readonly number[]
  readonly rows: readonly Affine[]
}

/** Largest coordinate that guards may reach: code has 32 bits for it. */
const MAX_COORDINATE = 2 ** 29

/**
 * Makes one loop of neighbouring loops from number `from` to before `to` wherever every row moves along them as along
 * one; those of size 1 disappear. The loops outside stay. `to` is where the range ends in the result.
 *
 * @param widen whether a guard may come to depend on a loop that it did not depend on
 */
export function collapsed(
  nest: Nest,
  from: number,
  to: number,
  widen = true,
): Nest & { readonly to: number } {
  const kept = nest.sizes.flatMap((size, i) => (size === 1 && i >= from && i < to ? [] : [i]))
  const choose = (values: readonly number[]): number[] => kept.map((i) => values[i])
  let sizes = choose(nest.sizes)
  let rows: readonly Affine[] = nest.rows.map(({ base, strides, guards }) => ({
    base,
    strides: choose(strides),
    guards: guards.map((guard) => ({ ...guard, coefficients: choose(guard.coefficients) })),
  }))
  to -= nest.sizes.length - sizes.length
  for (let i = to - 2; i >= from; i--) {
    const joined = join(sizes, rows, i, widen)
    if (!joined) continue
    rows = joined
    sizes = [...sizes.slice(0, i), sizes[i] * sizes[i + 1], ...sizes.slice(i + 2)]
    to--
  }
  return { sizes, rows, to }
}

const without = (values: readonly number[], i: number): number[] => values.filter((_, at) => at !== i)

/** After how many combinations of the first `loops` loops all rows are where they were. */
export function periodOf({ sizes, rows }: Nest, loops: number): number {
  const moves = (loop: number): boolean =>
    rows.some(
      ({ strides, guards }) =>
        strides[loop] !== 0 || guards.some(({ coefficients }) => coefficients[loop] !== 0),
    )
  let outermost = 0
  while (outermost < loops && !moves(outermost)) outermost++
  return sizes.slice(outermost, loops).reduce((all, size) => all * size, 1)
}

/** The rows with loops i and i + 1 as one loop, if that is possible. */
function join(
  sizes: readonly number[],
  rows: readonly Affine[],
  i: number,
  widen: boolean,
): Affine[] | undefined {
  const inner = sizes[i + 1]
  const joined: Affine[] = []
  for (const { base, strides, guards } of rows) {
    if (strides[i] !== strides[i + 1] * inner) return undefined
    const wider = guards.map((guard) => widened(guard, sizes, i, widen))
    if (!wider.every((guard) => guard !== undefined)) return undefined
    joined.push({
      base,
      strides: without(strides, i),
      guards: wider.map((guard) => ({ ...guard, coefficients: without(guard.coefficients, i) })),
    })
  }
  return joined
}

/**
 * The same guard with a coefficient for loop i + 1 that makes loops i and i + 1 move it as one loop does.
 *
 * Where loop i + 1, of size s, does not move it: 0 <= g < size holds exactly if 0 <= s * g + j < s * size does for a
 * j from 0 to s - 1.
 */
function widened(guard: Guard, sizes: readonly number[], i: number, widen: boolean): Guard | undefined {
  const { coefficients, offset, size } = guard
  const inner = sizes[i + 1]
  if (coefficients[i] === coefficients[i + 1] * inner) return guard
  if (!widen || coefficients[i + 1] !== 0 || Math.abs(coefficients[i]) !== 1) return undefined
  const along = coefficients[i]
  const scaled = coefficients.map((factor, at) => (at === i + 1 ? along : factor * inner))
  const shifted = offset * inner + (along < 0 ? inner - 1 : 0)
  const [least, greatest] = range(scaled, shifted, sizes)
  if (Math.max(-least, greatest, size * inner) > MAX_COORDINATE) return undefined
  return { coefficients: scaled, offset: shifted, size: size * inner }
}

/** True if guards reach no coordinate that code cannot hold. */
export function guardsFit(row: Affine, sizes: readonly number[]): boolean {
  return row.guards.every(({ coefficients, offset, size }) => {
    const [least, greatest] = range(coefficients, offset, sizes)
    return Math.max(-least, greatest, ...coefficients.map(Math.abs), size) <= MAX_COORDINATE
  })
}

/**
 * True if positions plainly stay in 0 to below `length`: by their extremes over all loops, each loop as long as the
 * guards on that loop alone leave it.
 *
 * @param least what else may come to a position, at the least
 * @param greatest the same at the most
 */
export function staysInside(
  { base, strides, guards }: Affine,
  sizes: readonly number[],
  length: number,
  least = 0,
  greatest = 0,
): boolean {
  strides.forEach((stride, loop) => {
    let [first, end] = [0, sizes[loop]]
    for (const { coefficients, offset, size } of guards) {
      if (coefficients[loop] !== 1 || coefficients.some((factor, i) => factor !== 0 && i !== loop)) continue
      first = Math.max(first, -offset)
      end = Math.min(end, size - offset)
    }
    least += Math.min(stride * first, stride * (end - 1))
    greatest += Math.max(stride * first, stride * (end - 1))
  })
  return base + least >= 0 && base + greatest < length
}
