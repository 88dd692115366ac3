/** Words of what the threads of an engine share: `Shared` of `assembly/shared.ts`. */
export const RUN = 0
export const PLANS = 1
export const DONE = 5
export const PASSED = 7
export const LEFT = 8
export const BROKEN = 9
export const SHARED_WORDS = 10

/** Keeps the other threads from waiting for this one for ever. */
export function breakOff(words: Int32Array): void {
  Atomics.store(words, BROKEN, 1)
  Atomics.add(words, PASSED, 1)
  Atomics.notify(words, PASSED)
}
