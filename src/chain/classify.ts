/** An error of JSON-RPC, as a node gives it. */
export interface RpcError {
  readonly code: number
  readonly message: string
  readonly data?: unknown
}

/**
 * What an error of a node is about: `answer` is about the question, and every node would say it; the others are about the node.
 * `limited`: it was asked too much. `behind`: it has not seen the block, or does not keep it any more. `unsupported`: it does not know
 * the method. `failing`: it is out of order.
 */
export type Verdict = "answer" | "limited" | "behind" | "unsupported" | "failing"

const REVERT = /revert|VM exception|out of gas|invalid opcode|stack (?:under|over)flow|invalid jump/i
const LIMITED =
  /rate.?limit|too many requests|(?:daily |monthly )?(?:request|credit)s? (?:count |limit )?(?:exceed|exhaust)|request limit|compute units|throughput|per second|quota|\bcapacity\b/i
const BEHIND =
  /header (?:for hash )?not found|unknown block|block.{0,100}(?:not|cannot be) (?:found|available)|beyond (?:the )?(?:current |latest )?(?:head|block)|(?:missing|pruned) (?:trie node|state|history)|state (?:is )?not available|historical state|cannot query unfinalized|after last accepted|resource not found/i
const UNSUPPORTED =
  /method\b.{0,80}\b(?:not (?:found|supported|available|allowed|whitelisted|implemented|exist)|does not exist|unsupported|disabled)|invalid block tag|unsupported method|unknown method|unauthorized method/i
const FAILING =
  /internal (?:server )?error|timed? ?-?out|temporarily|unavailable|overload|try again|upstream|no (?:healthy )?backend/i
const RANGE =
  /block range|range (?:is )?(?:too|limit|exceed|large)|(?:too|more than|exceed).{0,60}(?:results|logs|blocks|range|size)|response size|result (?:set|window)|limit(?:ed)? to.{0,40}(?:blocks|range)|timed? ?-?out|deadline|exceed|too (?:large|big|wide|many (?:results|logs|blocks))/i

/** Says what an error is about. What a contract says in a revert is its own, whatever it sounds like. */
export function classify(method: string, { code, message, data }: RpcError): Verdict {
  if (typeof data === "string" && data.startsWith("0x")) return "answer"
  if (code === 3 || REVERT.test(message)) return "answer"
  if (code === 429 || LIMITED.test(message)) return "limited"
  if (BEHIND.test(message)) return "behind"
  if (method === "eth_getLogs" && isRangeError({ code, message })) return "answer"
  if (code === -32601 || code === -32004 || UNSUPPORTED.test(message)) return "unsupported"
  // To send is answered by the node's pool: "limit exceeded" is about the fee there, and not about how often it was asked.
  if (method === "eth_sendRawTransaction")
    return code === -32603 && FAILING.test(message) ? "failing" : "answer"
  if (code === -32005) return "limited"
  return code === -32603 || code === -32002 || FAILING.test(message) ? "failing" : "answer"
}

/** True when a node will not read that many blocks or logs at once, as far as its words can be understood. */
export function isRangeError({ code, message }: Pick<RpcError, "code" | "message">): boolean {
  if (code === 429 || LIMITED.test(message)) return false
  return RANGE.test(message) || code === -32005
}

/** True when a node refuses a transaction because it has it already. */
export function isKnown({ message }: Pick<RpcError, "message">): boolean {
  return /already ?(?:known|imported|in (?:the )?(?:mem)?pool)|known transaction|transaction already exists/i.test(
    message,
  )
}
