import { CONSTANT } from "./codes.ts"
import { type LaneNode, isLong } from "./lane-graph.ts"

/** Slots of scratch memory for the registers of an epilogue, numbered within lanes of 32 and of 64 bits. */
export interface Slots {
  /** Per node; -1 for constants, which have their own place, and for the last, which has one, too. */
  readonly slots: readonly number[]
  /** How many there are of 32 and of 64 bits. */
  readonly counts: readonly [number, number]
}

/**
 * Gives nodes slots; one is taken again as soon as its register is not needed any more.
 *
 * @param prologue how many of the first nodes stay for all blocks
 */
export function assignSlots(nodes: readonly LaneNode[], prologue: number): Slots {
  const numbers = new Map(nodes.map((node, i) => [node, i]))
  const lastUse = nodes.map((_, i) => i)
  nodes.forEach(({ args }, i) => {
    for (const arg of args) if (numbers.has(arg)) lastUse[numbers.get(arg)!] = i
  })
  const ending = new Map<number, number[]>()
  lastUse.forEach((last, i) => {
    if (i >= prologue && last !== i) ending.set(last, [...(ending.get(last) ?? []), i])
  })
  const free: [number[], number[]] = [[], []]
  const counts: [number, number] = [0, 0]
  const slots: number[] = []
  nodes.forEach(({ code, type }, i) => {
    const long = Number(isLong(type))
    if (code === CONSTANT || i === nodes.length - 1) slots.push(-1)
    else slots.push(free[long].pop() ?? counts[long]++)
    // Not before: an operand that is the same in all lanes is read again after the first result is written.
    for (const ended of ending.get(i) ?? []) {
      if (slots[ended] !== -1) free[Number(isLong(nodes[ended].type))].push(slots[ended])
    }
  })
  return { slots, counts }
}
