import { TYPES, anyTensor, floatsIn, pick, signed, type Random } from "../draw.ts"

export const anyType = (random: Random, dims: readonly number[]) =>
  anyTensor(random, pick(random, TYPES), dims)

/** An axis of a rank: from an opset on, now and then counted from the end. */
export const axisOf = (random: Random, rank: number, opset: number, since = 11): number =>
  opset < since ? random() % rank : signed(random, random() % rank, rank)

export const tame = (random: Random, dims: readonly number[]) => floatsIn(random, dims, -2, 2)

export const positive = (random: Random, dims: readonly number[]) => floatsIn(random, dims, 0.25, 2)
