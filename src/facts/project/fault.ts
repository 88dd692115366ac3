import type { ConvictionRow } from "../entities.ts"

/** The faults in the order of the contract. */
export const FAULTS: readonly ConvictionRow["fault"][] = ["equivocation", "execution", "omission"]

/** Faults within this time of each other escalate; seconds. */
const FAULT_MEMORY = 90 * 86_400

/** Which fault within 90 days one at `time` is: 1, 2 or 3. */
export function ordinalAt(
  { lastFaultAt, previousFaultAt }: { readonly lastFaultAt: number; readonly previousFaultAt: number },
  time: number,
): number {
  const isRecent = (at: number): boolean => at !== 0 && at + FAULT_MEMORY > time
  return 1 + Number(isRecent(lastFaultAt)) + Number(isRecent(previousFaultAt))
}
