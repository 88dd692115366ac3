/** A seeded source of numbers: the same seed gives the same sequence on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number
  /** Uniform in [low, high). */
  between(low: number, high: number): number
  /** A whole number in [0, count). */
  below(count: number): number
  /** Normally distributed around zero. */
  normal(deviation: number): number
  /** True with the given probability. */
  chance(probability: number): boolean
  /** One of the items. */
  pick<T>(items: readonly T[]): T
}

/**
 * The sfc32 generator (Chris Doty-Humphrey, PractRand), seeded from a number and a label, so that parts of a
 * run that must not share a sequence can take the same number.
 */
export function createRandom(seed: number, label: string): Random {
  let [a, b, c] = [seed | 0, hash(label), 0x9e3779b9]
  let counter = 1

  const next = () => {
    const out = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + out) | 0
    return (out >>> 0) / 2 ** 32
  }
  // The first outputs still resemble the seed.
  for (let round = 0; round < 16; round++) next()

  const between = (low: number, high: number) => low + (high - low) * next()
  const below = (count: number) => Math.floor(next() * count)
  return {
    next,
    between,
    below,
    // Box and Muller; 1 - next() keeps zero out of the logarithm.
    normal: (deviation) => deviation * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    chance: (probability) => next() < probability,
    pick: (items) => items[below(items.length)],
  }
}

/** FNV-1a of the label's characters. */
function hash(label: string): number {
  let value = 0x811c9dc5
  for (const letter of label) value = Math.imul(value ^ letter.codePointAt(0)!, 0x01000193)
  return value
}
