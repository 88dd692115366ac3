import { ZeroHash, getBytes, hexlify, id } from "ethers"
import { type ModelHeader, METHOD, SEMANTICS, modelId } from "../../../src/protocol/model.ts"
import { type Receipt, receiptId, signReceipt } from "../../../src/protocol/receipt.ts"
import { nodeDigest } from "../../../src/protocol/tensor-tree.ts"
import { traceCommitment } from "../../../src/protocol/trace.ts"
import type { Item, World } from "./world.ts"

const UNIT = 10n ** 15n

/** A header that no other model has; nothing stands behind it. */
export function newHeader(world: World): ModelHeader {
  const { random } = world
  const name = `model ${world.serial++}`
  return {
    semantics: SEMANTICS,
    method: METHOD,
    stepCount: 1 + random.below(9),
    programRoot: id(`${name} program`),
    weightsRoot: id(`${name} weights`),
    inputDepth: random.below(5),
    weightsDepth: random.below(9),
    traceDepth: 1 + random.below(3),
    outputDepth: 1 + random.below(3),
  }
}

/** The root of a tree over digests, or a node of it. */
export function fold(digests: readonly string[]): string {
  let level = digests.map((digest) => getBytes(digest))
  while (level.length > 1)
    level = level.filter((_, i) => i % 2 === 0).map((left, i) => nodeDigest(left, level[2 * i + 1]))
  return hexlify(level[0])
}

const leavesOf = (name: string, depth: number): string[] =>
  Array.from({ length: 2 ** depth }, (_, i) => id(`${name} ${i}`))

/** What a provider signs for a consumer; some commit to no trace. */
export async function newItem(
  world: World,
  provider: string,
  model: ModelHeader,
  changes: Partial<Receipt> = {},
): Promise<Item> {
  const { random, registry } = world
  const name = `receipt ${world.serial++}`
  const leaves = {
    trace: leavesOf(`${name} trace`, model.traceDepth),
    output: leavesOf(`${name} output`, model.outputDepth),
  }
  const traceRoot = fold(leaves.trace)
  const context = {
    provider,
    modelId: modelId(model),
    consumer: random.pick(world.people.consumers).address,
    requestId: id(name),
  }
  const issuedAt = BigInt(await world.now())
  const receipt: Receipt = {
    ...context,
    inputCommitment: id(`${name} input`),
    outputCommitment: fold(leaves.output),
    traceCommitment: random.chance(0.3) ? ZeroHash : traceCommitment(registry, context, traceRoot),
    coverage: BigInt(1 + random.below(2000)) * UNIT,
    issuedAt,
    anchorBy: issuedAt + 3600n,
    challengeWindow: random.pick([600n, 3600n, 86_400n]),
    termsHash: ZeroHash,
    ...changes,
  }
  const { signature } = await signReceipt(registry, receipt, world.keys.get(provider)!)
  return { id: receiptId(registry, receipt), receipt, signature, model, leaves, traceRoot, questions: [] }
}
