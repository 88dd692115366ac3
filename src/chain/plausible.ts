const HEX = /^0x[0-9a-f]*$/i

/** Methods whose result is a number or bytes, whatever is asked. */
const IN_HEX: ReadonlySet<string> = new Set([
  "eth_blockNumber",
  "eth_call",
  "eth_chainId",
  "eth_estimateGas",
  "eth_gasPrice",
  "eth_getBalance",
  "eth_getCode",
  "eth_getStorageAt",
  "eth_getTransactionCount",
  "eth_maxPriorityFeePerGas",
  "eth_sendRawTransaction",
])

/** False for a result that no node in order gives: null for a balance, a text for logs. */
export function isPlausible(method: string, result: unknown): boolean {
  if (IN_HEX.has(method)) return typeof result === "string" && HEX.test(result)
  if (method === "eth_getLogs") return Array.isArray(result)
  if (method === "eth_feeHistory") return typeof result === "object" && result !== null
  return true
}
