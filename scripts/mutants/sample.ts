import { createRandom } from "../train/random.ts"

/** All items in an order that only the seed decides: any number of the first ones is a sample. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = createRandom(seed, "mutants")
  const result = [...items]
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    ;[result[i], result[j]] = [result[j], result[i]]
  }
  return result
}
