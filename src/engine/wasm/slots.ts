import { CONSTANT } from "./codes.ts"
import { type LaneOperation, isLong } from "./epilogue.ts"

/** Slots of scratch memory for the registers of an epilogue, numbered within lanes of 32 and of 64 bits. */
export interface Slots {
  /** Per operation; -1 for constants, which have their own place, and for the last, which has one, too. */
  readonly slots: readonly number[]
  /** How many there are of 32 and of 64 bits. */
  readonly counts: readonly [number, number]
}

/** Gives operations slots; one is taken again as soon as its register is not needed any more. */
export function assignSlots(operations: readonly LaneOperation[]): Slots {
  const lastUse = operations.map((_, i) => i)
  operations.forEach(({ registers }, i) => {
    for (const register of registers) if (register > 0) lastUse[register - 1] = i
  })
  const free: [number[], number[]] = [[], []]
  const counts: [number, number] = [0, 0]
  const slots: number[] = []
  operations.forEach(({ code, type }, i) => {
    const long = Number(isLong(type))
    if (code === CONSTANT || i === operations.length - 1) slots.push(-1)
    else slots.push(free[long].pop() ?? counts[long]++)
    // Not before: an operand that is the same in all lanes is read again after the first result is written.
    for (let earlier = 0; earlier < i; earlier++) {
      if (lastUse[earlier] !== i || slots[earlier] === -1) continue
      free[Number(isLong(operations[earlier].type))].push(slots[earlier])
    }
  })
  return { slots, counts }
}
