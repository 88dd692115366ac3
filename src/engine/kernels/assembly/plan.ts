// The structures that the compiler of plans (src/engine/wasm) writes into memory: all fields are words of 4 bytes
// unless they say otherwise. Offsets in the scratch memory of a thread are relative to its start.
import { Source } from "./source"

/** A step: what is computed, in units that threads take one by one. */
@unmanaged
export class Plan {
  /** What to do: a constant of codes.ts. */
  kind: i32
  units: i32
  /** The next unit that nobody has taken. */
  next: i32
  /** 1 if the first thread does all of it, without waiting for the others before or after. */
  alone: i32
  /** How many steps of the program are finished when this is. */
  done: i32
  /** Elements of the output and of a unit. A unit starts at a multiple of 64 elements. */
  length: i32
  unit: i32
  /** Lanes that are computed at once: a multiple of 4. */
  block: i32
  output: usize
  store: i32
  /** Instructions, of which the first `prologue` do the same for every block and are executed once. */
  instructions: usize
  count: i32
  prologue: i32
  /** Whether the last register holds no other NaN than the canonical one. */
  canonical: i32
  /** Scratch: address and step of every register. */
  registers: usize
  /** Scratch: the lanes of register 0, of terms (two), and of the last register. */
  first: usize
  spare: usize
  other: usize
  last: usize
  /** Number of candidates of a Read; mode of `accumulate`; flags of a Rank; kind of lanes of a Dot. */
  mode: i32
  /** Addresses of the body's accesses, or one of a structure or table instead of them. */
  sources: usize
  /** Reduction loops: how many, where their sizes are, how many terms, and where (scratch) the indices are. */
  reductions: i32
  sizes: usize
  terms: i32
  indices: usize
  /** Of folds along rows: bytes of the neighbours that are folded; of folds over windows: elements of a run. */
  run: i32
  /** What an accumulator starts from: 4 or 8 bytes. */
  start: i64
}

/** One operation of an epilogue; instruction i makes register i + 1. */
@unmanaged
export class Instruction {
  op: i32
  /** Registers: most operations have three at most, a chain has six. */
  a: i32
  b: i32
  c: i32
  d: i32
  e: i32
  f: i32
  /** Scratch: where the lanes go; LAST for the last register. */
  slot: i32
  /** The access of a load, or the address of a constant in all lanes of a vector. */
  source: usize
}

/** Slot of the last register. */
export const LAST: i32 = -1

export function sourceOf(p: Plan, i: i32): Source {
  return load<Source>(p.sources + ((<usize>i) << 2))
}
