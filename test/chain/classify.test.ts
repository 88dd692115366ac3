import { expect } from "chai"
import { type RpcError, type Verdict, classify, isKnown, isRangeError } from "../../src/chain/classify.ts"
import { isPlausible } from "../../src/chain/plausible.ts"

describe("an error of a node", () => {
  const error = (message: string, code = -32000, data?: string): RpcError =>
    data === undefined ? { code, message } : { code, message, data }

  const CASES: readonly (readonly [Verdict, string, RpcError])[] = [
    ["answer", "eth_call", error("execution reverted", 3, "0x08c379a0")],
    ["answer", "eth_call", error("execution reverted: too many requests")],
    ["answer", "eth_call", error("VM Exception while processing transaction: reverted", -32603)],
    ["answer", "eth_call", error("anything", -32603, "0x")],
    ["answer", "eth_estimateGas", error("gas required exceeds allowance (30000000)")],
    ["answer", "eth_estimateGas", error("insufficient funds for gas * price + value")],
    ["answer", "eth_sendRawTransaction", error("nonce too low")],
    ["answer", "eth_sendRawTransaction", error("replacement transaction underpriced")],
    [
      "answer",
      "eth_sendRawTransaction",
      error("tx fee (2.00 ether) exceeds the configured cap (1.00 ether)"),
    ],
    ["answer", "eth_getLogs", error("query returned more than 10000 results", -32005)],
    ["answer", "eth_getLogs", error("query timeout exceeded")],
    ["answer", "eth_getLogs", error("Log response size exceeded", -32602)],
    ["answer", "eth_getLogs", error("block range is too wide", -32600)],
    ["limited", "eth_getLogs", error("Your app has exceeded its compute units per second capacity", 429)],
    ["limited", "eth_call", error("daily request count exceeded, request rate limited", -32005)],
    ["limited", "eth_call", error("Too Many Requests")],
    ["limited", "eth_call", error("limit exceeded", -32005)],
    ["behind", "eth_call", error("header not found")],
    ["behind", "eth_call", error("header for hash not found")],
    ["behind", "eth_getBlockByNumber", error("Unknown block", -39001)],
    ["behind", "eth_getBlockByNumber", error("finalized block not found")],
    ["behind", "eth_getLogs", error("block range extends beyond current head block")],
    ["behind", "eth_call", error("missing trie node 1234 (path ) <nil>")],
    [
      "unsupported",
      "eth_feeHistory",
      error("the method eth_feeHistory does not exist/is not available", -32601),
    ],
    ["unsupported", "eth_feeHistory", error("Method not found", -32601)],
    ["unsupported", "eth_getBlockByNumber", error("invalid block tag finalized", -32602)],
    ["failing", "eth_call", error("Internal error", -32603)],
    ["failing", "eth_blockNumber", error("no backend is currently healthy", -32011)],
    ["failing", "eth_blockNumber", error("service temporarily unavailable")],
  ]
  for (const [verdict, method, said] of CASES)
    it(`is ${verdict} when ${method} gives ${said.code} ${JSON.stringify(said.message)}`, () => {
      expect(classify(method, said)).to.equal(verdict)
    })

  it("says that a range is too large, or that too much was asked, and these are not the same", () => {
    expect(isRangeError(error("limit exceeded", -32005))).to.equal(true)
    expect(isRangeError(error("rate limit exceeded", -32005))).to.equal(false)
    expect(isRangeError(error("too many requests: try a smaller block range", 429))).to.equal(false)
  })

  it("says that a transaction is there already, in the words of each client", () => {
    for (const words of [
      "already known",
      "AlreadyKnown",
      "Known transaction: 0x12",
      "Transaction with the same hash was already imported.",
      "already in mempool",
    ])
      expect(isKnown({ message: words }), words).to.equal(true)
    expect(isKnown({ message: "unknown account" })).to.equal(false)
  })

  it("is not needed to tell that a result cannot be", () => {
    for (const result of [null, 7, "", "banana", {}, []]) {
      expect(isPlausible("eth_call", result), JSON.stringify(result)).to.equal(false)
      expect(isPlausible("eth_getTransactionCount", result)).to.equal(false)
    }
    expect(isPlausible("eth_call", "0x")).to.equal(true)
    expect(isPlausible("eth_getLogs", null)).to.equal(false)
    expect(isPlausible("eth_getLogs", [])).to.equal(true)
    expect(isPlausible("eth_feeHistory", null)).to.equal(false)
    expect(isPlausible("eth_getTransactionReceipt", null)).to.equal(true)
  })
})
