import { LEVELS } from "../../engine/audit/game/question.ts"
import type { Program } from "../../engine/program/program.ts"
import { proofCosts } from "../../engine/program/proof-cost.ts"

// Measured on the contracts (test/game/gas.test.ts, test/gas/gas.test.ts) and rounded up.
export const COMMIT = 50_000n
const DEMAND = 200_000n
const SETTLE = 80_000n
const UPLOAD = 300_000n
const CLAIM_REWARD = 60_000n
const CONVICT_EQUIVOCATION = 180_000n
const CLAIM_OMISSION = 150_000n
const CONVICT_OMISSION = 200_000n

/** Demands that lead to a chunk: levels of the tree, 9 at a time, and the chunk itself, or what its leaf is there for. */
export const roundsOf = (depth: number): number => Math.max(1, Math.ceil(depth / LEVELS)) + 1

/** What convicting an element takes, in one transaction or several. @param parts that are uploaded before. */
export function provingGas(program: Program, step: number, parts: number): bigint {
  const whole = BigInt(proofCosts(program)[step].gas)
  return COMMIT + whole + BigInt(parts) * UPLOAD + (parts > 0 ? SETTLE : 0n) + CLAIM_REWARD
}

/** What asking for an element and convicting it takes, if it is an average one. @param rounds Demands that are still to be made. */
export function askingGas(program: Program, rounds: number): bigint {
  const costs = proofCosts(program).map(({ gas }) => gas)
  const mean = costs.reduce((sum, gas) => sum + gas, 0) / Math.max(1, costs.length)
  return BigInt(rounds) * (COMMIT + DEMAND + SETTLE) + COMMIT + BigInt(Math.ceil(mean)) + CLAIM_REWARD
}

/** @param convictions One for each bond. */
export const equivocationGas = (convictions: number): bigint =>
  BigInt(Math.max(1, convictions)) * (COMMIT + CONVICT_EQUIVOCATION + CLAIM_REWARD)

export const omissionGas = (hasClaimed: boolean): bigint =>
  (hasClaimed ? 0n : CLAIM_OMISSION) + CONVICT_OMISSION + SETTLE + CLAIM_REWARD
