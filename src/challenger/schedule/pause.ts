/** Seconds until the first repetition; each later one takes twice as long. */
const FIRST = 2
const LONGEST = 1800
/** No pause takes more than such a part of the time that is left. */
const PARTS = 8

/**
 * Seconds until what failed is tried again.
 *
 * @param attempts how often it failed before.
 * @param left seconds until it is too late: the nearer that is, the shorter are the pauses.
 */
export function pauseAfter(attempts: number, left: number): number {
  const doubled = Math.min(FIRST * 2 ** Math.min(attempts, 20), LONGEST)
  return Math.ceil(Math.min(doubled, Math.max(FIRST, left / PARTS)))
}
