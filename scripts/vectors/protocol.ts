/**
 * Writes test/vectors/{receipts,key-changes,trees,models}.json: hashes that TypeScript and Solidity must agree on.
 *
 *     tsx scripts/vectors/protocol.ts
 */
import { readFileSync, writeFileSync } from "node:fs"
import { Wallet, ZeroHash, concat, getAddress, getBytes, hexlify, id } from "ethers"
import { loadOnnx } from "../../src/engine/onnx/load.ts"
import { lower } from "../../src/engine/program/lower.ts"
import { type Batch, batchId } from "../../src/protocol/batch.ts"
import { toJson } from "../../src/protocol/json.ts"
import { type KeyChange, keyChangeDigest, signKeyChange } from "../../src/protocol/key-change.ts"
import { encodeStep } from "../../src/protocol/encode-step.ts"
import { Space } from "../../src/protocol/program.ts"
import { type Receipt, type Registry, receiptId, requestKey } from "../../src/protocol/receipt.ts"
import { Role } from "../../src/protocol/role.ts"
import { SumTree } from "../../src/protocol/sum-tree.ts"
import { CHUNK_BYTES, type LeafData, chunksOf } from "../../src/protocol/tensor-tree.ts"
import { treeOf } from "../../src/protocol/tree-builder.ts"
import { traceCommitment } from "../../src/protocol/trace.ts"
import { treeDepth } from "../../src/protocol/tree-depth.ts"
import { network } from "../../test/engine/program/small-network.ts"

const MAX_64 = 2n ** 64n - 1n
const MAX_128 = 2n ** 128n - 1n

const address = (name: string): string => getAddress(id(name).slice(0, 42))
/** Bytes that look random. */
function bytes(name: string, length: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) => id(`${name}, ${i}`))
  return getBytes(concat(blocks)).slice(0, length)
}

function write(name: string, value: unknown): void {
  writeFileSync(new URL(`../../test/vectors/${name}.json`, import.meta.url), `${toJson(value)}\n`)
}

const REGISTRIES: readonly Registry[] = [
  { chainId: 31_337n, address: address("registry one") },
  { chainId: 31_337n, address: address("registry two") },
  { chainId: 1n, address: address("registry one") },
]

const ordinary: Receipt = {
  provider: address("provider"),
  modelId: id("model"),
  requestId: id("request"),
  inputCommitment: id("input"),
  outputCommitment: id("output"),
  traceCommitment: id("trace"),
  consumer: address("consumer"),
  coverage: 10n ** 18n,
  issuedAt: 1_750_000_000n,
  anchorBy: 1_750_003_600n,
  challengeWindow: 21_600n,
  termsHash: ZeroHash,
}
const hash = (byte: string): string => `0x${byte.repeat(32)}`
const account = (byte: string): string => getAddress(`0x${byte.repeat(20)}`)
/** A receipt whose every hash and address repeats one byte. */
const uniform = (byte: string): Receipt => ({
  ...ordinary,
  provider: account(byte),
  modelId: hash(byte),
  requestId: hash(byte),
  inputCommitment: hash(byte),
  outputCommitment: hash(byte),
  traceCommitment: hash(byte),
  consumer: account(byte),
  termsHash: hash(byte),
})
const empty: Receipt = { ...uniform("00"), coverage: 0n, issuedAt: 0n, anchorBy: 0n, challengeWindow: 0n }
const full: Receipt = {
  ...uniform("ff"),
  coverage: MAX_128,
  issuedAt: MAX_64,
  anchorBy: MAX_64,
  challengeWindow: 2n ** 32n - 1n,
}

function receiptVectors() {
  const receipts = REGISTRIES.flatMap((registry) =>
    [ordinary, empty, full, { ...ordinary, consumer: ordinary.provider }].map((receipt) => ({
      registry,
      receipt,
      receiptId: receiptId(registry, receipt),
      requestKey: requestKey(receipt),
      traceRoot: id("root"),
      traceCommitment: traceCommitment(registry, receipt, id("root")),
    })),
  )
  const batch: Batch = {
    provider: ordinary.provider,
    modelId: ordinary.modelId,
    root: id("sum root"),
    count: 1000n,
    coverage: 10n ** 21n,
    window: 21_600n,
  }
  const largest = { ...batch, count: 2n ** 32n - 1n, coverage: MAX_128, window: 2n ** 32n - 1n }
  return { receipts, batches: [batch, largest].map((each) => ({ batch: each, batchId: batchId(each) })) }
}

/** Changes as owners sign them for a `Providers` contract at the address. */
async function keyChangeVectors() {
  const owner = new Wallet(id("owner"))
  const change: KeyChange = {
    provider: owner.address,
    key: address("key"),
    validUntil: 4_000_000_000n,
    roles: Role.All,
    nonce: 0n,
    deadline: 4_100_000_000n,
  }
  const changes = [
    change,
    { ...change, roles: Role.Sign, deadline: MAX_64 },
    { ...change, key: account("ff"), validUntil: MAX_64, roles: Role.Anchor },
    { ...change, roles: 0, validUntil: 0n },
    { ...change, nonce: 2n ** 256n - 1n },
  ]
  const vectors = REGISTRIES.flatMap((providers) => changes.map((each) => ({ providers, change: each })))
  return Promise.all(
    vectors.map(async ({ providers, change }) => ({
      providers,
      change,
      digest: keyChangeDigest(providers, change),
      signature: await signKeyChange(providers, change, owner),
    })),
  )
}

function sumTreeVector(count: number) {
  const leaves = Array.from({ length: count }, (_, i) => ({
    receiptId: id(`receipt ${i}`),
    coverage: i % 5 === 4 ? MAX_128 / 64n : BigInt(i) * 10n ** 18n,
  }))
  const tree = new SumTree(leaves)
  return { leaves, root: tree.root, paths: leaves.map((_, i) => tree.path(i)) }
}

function tensorTreeVector(count: number) {
  const leaves = Array.from({ length: count }, (_, i): LeafData => {
    return { kind: i % 5, tensorId: i * 7, chunk: i, data: bytes(`leaf ${i}`, [1024, 4, 1020, 256][i % 4]) }
  })
  const tree = treeOf(leaves)
  return {
    leaves: leaves.map((leaf) => ({ ...leaf, data: hexlify(leaf.data) })),
    depth: tree.depth,
    root: hexlify(tree.root),
    paths: leaves.map((_, i) => tree.path(i).map((sibling) => hexlify(sibling))),
  }
}

/** Several tensors, and every range of chunks of each. */
function rangeVector(lengths: readonly number[]) {
  const data = lengths.map((length, i) => bytes(`tensor ${i}`, length))
  const tree = treeOf(data.flatMap((each, id) => chunksOf(Space.Trace, id, each)))
  let firstLeaf = 0
  const tensors = data.map((each, id) => {
    const chunks = Math.ceil(each.length / CHUNK_BYTES)
    const tensor = { id, firstLeaf, data: hexlify(each), ranges: [] as object[] }
    for (let first = 0; first < chunks; first++) {
      for (let end = first + 1; end <= chunks; end++) {
        const path = tree.path(firstLeaf + first, end - first).map((sibling) => hexlify(sibling))
        tensor.ranges.push({ first, end, path })
      }
    }
    firstLeaf += chunks
    return tensor
  })
  return { space: Space.Trace, depth: tree.depth, root: hexlify(tree.root), tensors }
}

function modelVector(name: string, program: ReturnType<typeof lower>) {
  return {
    name,
    modelId: program.modelId,
    header: program.header,
    steps: program.steps.map((step) => hexlify(encodeStep(step))),
  }
}

const LEAVES = [0, 1, 2, 3, 4, 5, 8, 9, 255, 256, 257, 65_536, 2 ** 31, 2 ** 31 + 1, 2 ** 32 - 1]
const digits = loadOnnx(readFileSync(new URL("../../models/digits.onnx", import.meta.url)))

write("receipts", receiptVectors())
write("key-changes", { changes: await keyChangeVectors() })
write("trees", {
  depths: LEAVES.map((leaves) => ({ leaves, depth: treeDepth(leaves) })),
  sumTrees: [1, 2, 3, 5, 8, 13].map(sumTreeVector),
  tensorTrees: [1, 2, 3, 5, 8].map(tensorTreeVector),
  // Full trees, and trees with absent leaves behind the last tensor; last chunks that are short, and whole ones.
  ranges: [[700], [1024, 1], [2048, 1025], [1, 3072, 1500, 4], [3000, 5120, 1024]].map(rangeVector),
})
write("models", [modelVector("small network", lower(network())), modelVector("digits", lower(digits))])
