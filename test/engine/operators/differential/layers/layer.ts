import { floatsIn, onceIn, partOf, pick, shuffled, type Random } from "../draw.ts"
import type { GraphMaker } from "../graph-maker.ts"

/** A float32 value of a network. */
export interface Node {
  readonly name: string
  readonly dims: readonly number[]
}

/** What a layer is made with: `x` is its input, `others` are values that it may read as well. */
export interface Site {
  readonly random: Random
  readonly maker: GraphMaker
  readonly x: Node
  readonly others: readonly Node[]
}

/** Adds nodes behind a value. @returns the names of float32 results, `undefined` where the value does not fit. */
export type Layer = (site: Site) => readonly string[] | undefined

export const weights = ({ random, maker }: Site, dims: readonly number[], low = -1, high = 1): string => {
  const drawn = floatsIn(random, dims, low, high)
  return onceIn(random, 5) ? maker.input(drawn) : maker.constant(drawn)
}

export const isImage = ({ x }: Site): boolean => x.dims.length >= 3 && x.dims.length <= 5

/** Another value that broadcasts to x, or numbers. */
export function partner(site: Site): string {
  const { random, x, others } = site
  const fitting = others.filter(({ dims }) => {
    const own = x.dims.slice(x.dims.length - dims.length)
    return dims.length <= x.dims.length && dims.every((size, i) => size === 1 || size === own[i])
  })
  return fitting.length > 0 && !onceIn(random, 3)
    ? pick(random, fitting).name
    : weights(site, partOf(random, x.dims))
}

export const pointwise =
  (...names: readonly string[]): Layer =>
  ({ random, maker, x }) => [maker.node(pick(random, names), [x.name])]

export const binary =
  (...names: readonly string[]): Layer =>
  (site) => {
    const { random, maker, x } = site
    const inputs = shuffled(random, [x.name, partner(site)])
    return [maker.node(pick(random, names), inputs)]
  }
