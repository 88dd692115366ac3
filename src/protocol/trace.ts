import { keccak_256 } from "@noble/hashes/sha3.js"
import { AbiCoder, hexlify, id, keccak256 } from "ethers"
import type { Receipt, Registry } from "./receipt.ts"
import { Words } from "./words.ts"

/** The request that a trace belongs to. */
export type TraceContext = Pick<Receipt, "provider" | "modelId" | "consumer" | "requestId">

/**
 * Binds the root of a trace tree to one request of one provider on one registry, so that nobody can
 * pass off another one's trace. Twin of `ReceiptLib.traceContext` and `WrongExecution`.
 */
export function traceCommitment(registry: Registry, context: TraceContext, root: string): string {
  const bound = new Words(6)
  const outer = new Words(3)
  const isUsual =
    bound.uint(registry.chainId, 1n << 256n) &&
    bound.address(registry.address) &&
    bound.address(context.provider) &&
    bound.bytes32(context.modelId) &&
    bound.address(context.consumer) &&
    bound.bytes32(context.requestId) &&
    outer.bytes32(TAG) &&
    outer.bytes32(hexlify(keccak_256(bound.bytes))) &&
    outer.bytes32(root)
  return isUsual ? hexlify(keccak_256(outer.bytes)) : encoded(registry, context, root)
}

const TAG = id("onus.trace.v1")

/** The same by ethers, which decides about every value in an unusual form. */
function encoded(registry: Registry, context: TraceContext, root: string): string {
  const { provider, modelId, consumer, requestId } = context
  const coder = AbiCoder.defaultAbiCoder()
  const types = ["uint256", "address", "address", "bytes32", "address", "bytes32"]
  const values = [registry.chainId, registry.address, provider, modelId, consumer, requestId]
  const bound = keccak256(coder.encode(types, values))
  return keccak256(coder.encode(["bytes32", "bytes32", "bytes32"], [TAG, bound, root]))
}
