import type { Random } from "./random.ts"

/** Adds what a camera or scanner adds: blur, uneven contrast, noise and a few specks. */
export function photograph(ink: Float32Array, random: Random, size: number): Float32Array {
  const picture = random.chance(0.5) ? blur(ink, random.between(0.05, 0.22), size) : ink.slice()
  const strength = random.between(0.6, 1)
  const paper = random.chance(0.3) ? random.between(0, 0.12) : 0
  const noise = random.chance(0.5) ? random.between(0, 0.08) : 0
  for (let at = 0; at < picture.length; at++) {
    const value = paper + picture[at] * (strength - paper) + (noise > 0 ? random.normal(noise) : 0)
    picture[at] = Math.min(1, Math.max(0, value))
  }
  for (let specks = random.chance(0.1) ? random.below(6) : 0; specks > 0; specks--) {
    picture[random.below(picture.length)] = random.next()
  }
  return picture
}

/** Spreads `share` of every pixel to each side, first along rows and then along columns. */
function blur(picture: Float32Array, share: number, size: number): Float32Array {
  const along = (source: Float32Array, step: number, across: number) => {
    const target = new Float32Array(source.length)
    for (let line = 0; line < size; line++) {
      for (let index = 0; index < size; index++) {
        const at = line * across + index * step
        const before = index > 0 ? source[at - step] : 0
        const after = index < size - 1 ? source[at + step] : 0
        target[at] = (1 - 2 * share) * source[at] + share * (before + after)
      }
    }
    return target
  }
  return along(along(picture, 1, size), size, 1)
}
