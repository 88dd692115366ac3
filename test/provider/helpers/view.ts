import type { View } from "../../../src/provider/chain/view.ts"

/** What a provider with stake sees in a block that was made at a time; blocks are a second apart, and final after ten. */
export function viewAt(time: number, changes: Partial<View["state"]> = {}, final = time - 10): View {
  const block = { number: time, hash: `0x${time}`, parentHash: "0x", timestamp: time }
  const key = { from: 0n, until: 10n ** 12n, roles: 3 }
  const money = { capacity: 1_000_000n, active: 4_000_000n, locked: 0n, balance: 10n ** 18n }
  const holds = { tombstoned: false, clock: BigInt(time), pausedUntil: 0n, signingKey: key, sendingKey: key }
  const state = { block, ...money, ...holds, ...changes }
  return { head: { latest: block, final }, state, baseFee: 1n, included: new Set() }
}
