// Where the elements of an operand are: one access of a step, as the compiler of plans writes it.

/**
 * One access of a step. Loops that lie one behind the other in memory are one loop here, so that the walk
 * meets long runs. Strides are in bytes; addresses wrap at 2^32, which leaves those inside of the tensor right.
 *
 * Behind the fields: a size and a stride per loop, a stride per reduction loop, then per guard offset, size and
 * a coefficient per loop and reduction loop, then per lookup what `Lookup` has.
 */
@unmanaged
export class Source {
  /** Address of the element at which all indices are 0. */
  origin: usize
  kind: i32
  /** The bytes of the tensor, for an access that is not known to stay inside: `bytes` is 0 if it is. */
  start: usize
  bytes: usize
  loops: i32
  reductions: i32
  guards: i32
  lookups: i32
  /** Where in the scratch memory of a thread the cursor is. */
  cursor: usize
  /** Bytes of a cursor: two lie behind each other, where the block starts and where the walk is. */
  size: usize
  /** After how many elements of the output the same elements are read again. */
  period: i32
}

/** A coordinate that is data. */
@unmanaged
export class Lookup {
  /** The access of the coordinate, with the loops of the access that uses it. */
  source: Source
  /** Bytes per unit of the coordinate. */
  stride: usize
  /** Whether the coordinate changes along the innermost loop. */
  varies: i32
  unused: i32
  /** Coordinates from here on are padding. */
  limit: i64
}

const HEADER: usize = offsetof<Source>()
const LOOKUP: usize = offsetof<Lookup>()

export function word(at: usize): i32 {
  return load<i32>(at)
}

/** Address of the size of loop i; its stride is the next word. */
export function loopAt(s: Source, i: i32): usize {
  return changetype<usize>(s) + HEADER + ((<usize>i) << 3)
}

export function reductionsAt(s: Source): usize {
  return loopAt(s, s.loops)
}

/** Address of the guards, each with `guardBytes` bytes. */
export function guardsAt(s: Source): usize {
  return reductionsAt(s) + ((<usize>s.reductions) << 2)
}

export function guardBytes(s: Source): usize {
  return (<usize>(2 + s.loops + s.reductions)) << 2
}

export function lookupAt(s: Source, i: i32): Lookup {
  return changetype<Lookup>(guardsAt(s) + <usize>s.guards * guardBytes(s) + <usize>i * LOOKUP)
}
