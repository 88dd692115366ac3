/** The faults, by the numbers of `Fault` in Solidity. */
export const Fault = { Equivocation: 0, WrongExecution: 1, Omission: 2 } as const
export type FaultName = keyof typeof Fault

/** Which faults were proven, of what `faultsOf` returns: a byte for each. */
export function provenFaults(faults: bigint): FaultName[] {
  return (Object.keys(Fault) as FaultName[]).filter((name) => (faults >> BigInt(8 * Fault[name])) & 0xffn)
}
