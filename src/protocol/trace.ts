import { AbiCoder, id, keccak256 } from "ethers"
import type { Receipt, Registry } from "./receipt.ts"

/** The request that a trace belongs to. */
export type TraceContext = Pick<Receipt, "provider" | "modelId" | "consumer" | "requestId">

/**
 * Binds the root of a trace tree to one request of one provider on one registry, so that nobody can
 * pass off another one's trace. Twin of `ReceiptLib.traceContext` and `WrongExecution`.
 */
export function traceCommitment(registry: Registry, context: TraceContext, root: string): string {
  const coder = AbiCoder.defaultAbiCoder()
  const bound = keccak256(
    coder.encode(
      ["uint256", "address", "address", "bytes32", "address", "bytes32"],
      [
        registry.chainId,
        registry.address,
        context.provider,
        context.modelId,
        context.consumer,
        context.requestId,
      ],
    ),
  )
  return keccak256(coder.encode(["bytes32", "bytes32", "bytes32"], [id("onus.trace.v1"), bound, root]))
}
