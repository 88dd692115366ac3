// Operands as lanes: where they lie if they lie right, or widened and gathered into scratch memory.
import { LONG } from "./codes"
import { FILL, copy, pad } from "./lanes"
import { Source } from "./source"
import { direct, setStep, walk } from "./walk"

export function laneBytesOf(s: Source): usize {
  return s.kind === LONG ? 8 : 4
}

/** Makes `all` bytes of the first `done` ones. */
function repeat(at: usize, done: usize, all: usize): void {
  for (; done < all; done <<= 1) copy(at + done, at, min(done, all - done))
}

/**
 * The lanes of `n` elements from the cursor of `s` on, with zero on padding; `lastStep` is the step of the result.
 *
 * @param slot room for n lanes, which may be used or not
 */
export function view(s: Source, scratch: usize, indices: usize, n: i32, slot: usize): usize {
  const laneBytes = laneBytesOf(s)
  const at = direct(s, scratch, indices, n, laneBytes, slot)
  if (at !== 0) return at
  const different = min(n, s.period)
  if ((s.guards | s.lookups) !== 0) pad(slot, 0, laneBytes, different)
  walk(s, scratch, indices, different, FILL, slot, laneBytes, 0)
  repeat(slot, <usize>different * laneBytes, <usize>n * laneBytes)
  setStep(16)
  return slot
}
