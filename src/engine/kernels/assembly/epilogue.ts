// The instructions behind a body, each of them on a block of lanes at a time.
import { CHAIN, CONSTANT, LOAD, STORE_BYTE, STORE_FLOAT, STORE_LONG } from "./codes"
import { applyChain } from "./chains"
import * as floats from "./float-lanes"
import { floats1 } from "./float-lanes"
import { copy, narrow } from "./lanes"
import { apply } from "./operations"
import { Instruction, LAST, Plan } from "./plan"
import { seek } from "./cursor"
import { Source } from "./source"
import { lastStep, setStep } from "./walk"
import { view } from "./view"

const INSTRUCTION: usize = offsetof<Instruction>()

/** Bytes of an element of the output. */
export function widthOf(p: Plan): usize {
  return p.store === STORE_BYTE ? 1 : p.store === STORE_LONG ? 8 : 4
}

/**
 * Finishes the elements from `element` on, at most a block of them, from the lanes of register 0.
 *
 * The last instruction writes to the output itself if its lanes are elements. It writes whole vectors: blocks end at
 * a multiple of 4 elements, or at the end of the tensor, behind which 16 bytes are free.
 */
export function epilogue(p: Plan, scratch: usize, body: usize, step: usize, element: i32, n: i32): void {
  const target = p.output + <usize>element * widthOf(p)
  const whole = (n & 3) === 0 || element + n === p.length
  const last = p.store !== STORE_BYTE && whole ? target : scratch + p.last
  const registers = scratch + p.registers
  store<usize>(registers, body)
  store<usize>(registers, step, 4)
  let register = registers + ((<usize>p.prologue) << 3)
  let instruction = changetype<Instruction>(p.instructions + <usize>p.prologue * INSTRUCTION)
  for (let i = p.prologue; i < p.count; i++) {
    const slot = instruction.slot === LAST ? last : scratch + <usize>instruction.slot
    const at = execute(instruction, registers, scratch, slot, instruction.slot !== LAST, element, n)
    register += 8
    store<usize>(register, at)
    store<usize>(register, lastStep(), 4)
    instruction = changetype<Instruction>(changetype<usize>(instruction) + INSTRUCTION)
  }
  finish(p, load<usize>(register), load<usize>(register, 4), target, n)
}

/**
 * Executes what does the same for every block, once for all units that a thread does. Blocks must start at multiples of
 * the period of what is loaded.
 */
export function prologue(p: Plan, scratch: usize): void {
  const registers = scratch + p.registers
  let instruction = changetype<Instruction>(p.instructions)
  for (let i = 0; i < p.prologue; i++) {
    const register = registers + ((<usize>(i + 1)) << 3)
    const slot = scratch + <usize>instruction.slot
    store<usize>(register, execute(instruction, registers, scratch, slot, true, 0, min(p.block, p.length)))
    store<usize>(register, lastStep(), 4)
    instruction = changetype<Instruction>(changetype<usize>(instruction) + INSTRUCTION)
  }
}

/** Address of the result's lanes; their step is `lastStep`. */
function execute(
  instruction: Instruction,
  registers: usize,
  scratch: usize,
  slot: usize,
  spare: bool,
  element: i32,
  n: i32,
): usize {
  const op = instruction.op
  if (op === LOAD) {
    const source = changetype<Source>(instruction.source)
    seek(source, scratch, element)
    return view(source, scratch, 0, n, slot)
  }
  if (op === CONSTANT) {
    setStep(0)
    return instruction.source
  }
  if (op >= CHAIN) {
    gather(instruction, registers, scratch)
    applyChain(op - CHAIN, scratch, slot, ((<usize>n + 3) >> 2) << 4)
    setStep(16)
    return slot
  }
  const ra = registers + ((<usize>instruction.a) << 3)
  const rb = registers + ((<usize>instruction.b) << 3)
  const rc = registers + ((<usize>instruction.c) << 3)
  const stepA = load<usize>(ra, 4)
  const stepB = load<usize>(rb, 4)
  const stepC = load<usize>(rc, 4)
  // The same in all lanes: computed once. An operand that an operation does not have is register 0.
  const single = spare && (stepA | stepB | stepC) === 0
  if (single) n = 4
  apply(op, load<usize>(ra), stepA, load<usize>(rb), stepB, load<usize>(rc), stepC, slot, n)
  setStep(single ? 0 : 16)
  return slot
}

/** Addresses and steps of the six operands of a chain, at the start of scratch memory. */
function gather(instruction: Instruction, registers: usize, scratch: usize): void {
  const numbers = changetype<usize>(instruction) + offsetof<Instruction>("a")
  for (let i: usize = 0; i < 6; i++) {
    store<u64>(scratch + (i << 3), load<u64>(registers + (load<usize>(numbers + (i << 2)) << 3)))
  }
}

/** Writes exactly `n` elements, which may be there already. */
function finish(p: Plan, from: usize, step: usize, target: usize, n: i32): void {
  if (step === 0) return repeat(p, from, target, n)
  if (p.store === STORE_BYTE) return narrow(target, from, n)
  if (p.store === STORE_FLOAT && !p.canonical) {
    const whole = (<usize>(n >> 2)) << 4
    floats1<floats.Canonical>(from, 16, target, whole)
    for (let i = whole; i < (<usize>n) << 2; i += 4) store<u32>(target + i, canonicalBits(from + i))
  } else if (from !== target) copy(target, from, <usize>n * widthOf(p))
}

/** Writes one value `n` times. */
function repeat(p: Plan, from: usize, target: usize, n: i32): void {
  if (p.store === STORE_BYTE) memory.fill(target, load<u8>(from), n)
  else if (p.store === STORE_LONG) {
    for (let i: usize = 0; i < (<usize>n) << 3; i += 8) store<u64>(target + i, load<u64>(from))
  } else {
    const bits = p.store === STORE_FLOAT ? canonicalBits(from) : load<u32>(from)
    for (let i: usize = 0; i < (<usize>n) << 2; i += 4) store<u32>(target + i, bits)
  }
}

function canonicalBits(at: usize): u32 {
  const bits = load<u32>(at)
  return (bits & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : bits
}
