import { LANES } from "./sha256-lanes.wasm.ts"
import { CHUNK_BYTES, DIGEST_BYTES, type LeafLabel } from "./tensor-tree.ts"

/** The exports of the code; addresses are in its own memory, counts are multiples of four. */
interface Lanes {
  readonly memory: WebAssembly.Memory
  readonly leaves: (
    data: number,
    count: number,
    kind: number,
    tensorId: number,
    chunk: number,
    digests: number,
  ) => void
  readonly nodes: (pairs: number, count: number, digests: number) => void
}

/** Where what is hashed at once lies in that memory, and where its digests do. */
const INPUT = 8192
const INPUT_BYTES = 65536
const OUTPUT = INPUT + INPUT_BYTES + 64

let opened: Lanes | undefined

/** Made when it is first needed: who hashes little needs no WebAssembly. */
function lanes(): Lanes {
  const code = () => Uint8Array.from(atob(LANES), (character) => character.charCodeAt(0))
  opened ??= new WebAssembly.Instance(new WebAssembly.Module(code()), { env: { abort() {} } })
    .exports as unknown as Lanes
  return opened
}

/**
 * Writes the digests of whole chunks to `target` from `at` on, four lanes of WebAssembly at a time.
 *
 * @param label of the first; the others follow it
 */
export function hashChunks(chunks: Uint8Array, label: LeafLabel, target: Uint8Array, at: number): void {
  const { kind, tensorId, chunk } = label
  inBatches(chunks, CHUNK_BYTES, target, at, (done, count) =>
    lanes().leaves(INPUT, count, kind, tensorId, chunk + done, OUTPUT),
  )
}

/** Writes the digests of the nodes above pairs of digests to `target` from `at` on, in the same way. */
export function hashPairs(pairs: Uint8Array, target: Uint8Array, at: number): void {
  inBatches(pairs, 2 * DIGEST_BYTES, target, at, (_, count) => lanes().nodes(INPUT, count, OUTPUT))
}

function inBatches(
  pieces: Uint8Array,
  pieceBytes: number,
  target: Uint8Array,
  at: number,
  hash: (done: number, count: number) => void,
): void {
  if (pieces.length === 0) return
  const memory = new Uint8Array(lanes().memory.buffer)
  for (let from = 0; from < pieces.length; from += INPUT_BYTES) {
    const batch = pieces.subarray(from, from + INPUT_BYTES)
    memory.set(batch, INPUT)
    const [done, count] = [from / pieceBytes, batch.length / pieceBytes]
    // Lanes that are left over hash what the memory holds.
    hash(done, Math.ceil(count / 4) * 4)
    target.set(memory.subarray(OUTPUT, OUTPUT + count * DIGEST_BYTES), at + done * DIGEST_BYTES)
  }
}
