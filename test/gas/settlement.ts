import type { Connection } from "../../scripts/deploy/deploy.ts"

interface StructLog {
  readonly op: string
  readonly depth: number
  readonly gas: number
}

/**
 * Gas that a conviction spends on dividing the money: from the event that ends the reputation update to
 * the `Convicted` event, less the seizure itself, read off the transaction's own trace.
 */
export async function settlementGas(connection: Connection, transaction: string): Promise<number> {
  const trace = (await connection.provider.request({
    method: "debug_traceTransaction",
    params: [transaction, { disableMemory: true, disableStack: true }],
  })) as { structLogs: StructLog[] }
  const logs = trace.structLogs.filter(({ depth }) => depth === 1)
  const reputation = logs.findIndex(({ op }) => op === "LOG3")
  const convicted = logs.findIndex(({ op }) => op === "LOG4")
  // The first write after the reputation is the stake account: the seizure. Payout bookkeeping follows.
  const seized = logs.findIndex(({ op }, at) => at > reputation && op === "SSTORE")
  return logs[seized + 1].gas - logs[convicted].gas
}
