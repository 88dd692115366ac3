import { Space } from "../../protocol/program.ts"
import type { Inclusion } from "../../protocol/batch.ts"
import type { SignedReceipt } from "../../protocol/receipt.ts"
import type { Execution } from "../../engine/executor.ts"
import { type RunSpace, tensorsOf } from "../../engine/trace/commitment.ts"
import { registryJson } from "./receipt-fields.ts"

/** Bytes that are encoded at a time: a multiple of three, so that base64 has no padding in between. */
const PIECE = 3 * 2 ** 18

const plain = (_: string, value: unknown) => (typeof value === "bigint" ? String(value) : value)

/**
 * A bundle as `encodeBundle` writes it, piece by piece: the trace of a large model must neither be one text in memory, nor keep
 * other requests waiting while it is encoded.
 */
export async function* bundlePieces(
  { registry, receipt, signature }: SignedReceipt,
  run: Execution,
  inclusion: Inclusion | undefined,
): AsyncGenerator<Buffer> {
  const head = JSON.stringify({ registry: registryJson(registry), receipt, signature }, plain)
  yield Buffer.from(`{"format":"onus.bundle.v1",${head.slice(1, -1)},"tensors":{"input":"`)
  yield* base64Of(run, Space.Input)
  yield Buffer.from('","trace":"')
  yield* base64Of(run, Space.Trace)
  yield Buffer.from('","output":"')
  yield* base64Of(run, Space.Output)
  yield Buffer.from(`"}${inclusion ? `,"inclusion":${JSON.stringify(inclusion, plain)}` : ""}}\n`)
}

/** All tensors of a space as one base64 text: bytes that do not fill three wait for those of the next tensor. */
async function* base64Of(run: Execution, space: RunSpace): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0)
  for (const tensor of tensorsOf(run.program, space)) {
    const bytes = run.bytes(tensor)
    for (let at = 0; at < bytes.length;) {
      const piece = Buffer.concat([rest, bytes.subarray(at, (at += PIECE - rest.length))])
      const whole = piece.length - (piece.length % 3)
      yield Buffer.from(piece.toString("base64", 0, whole))
      rest = piece.subarray(whole)
      // Others may have their turn.
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
  }
  yield Buffer.from(rest.toString("base64"))
}

/** All pieces together, where they must be one. */
export async function collect(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = []
  for await (const piece of pieces) all.push(piece)
  return Buffer.concat(all)
}
