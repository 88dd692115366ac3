import { expect } from "chai"
import type { Inclusion } from "../../../src/protocol/batch.ts"
import { type SignedReceipt, receiptId } from "../../../src/protocol/receipt.ts"
import type { NodeProcess, Stage } from "./stage.ts"

/** Asks a node for an answer. */
export async function infer(stage: Stage, node: NodeProcess): Promise<SignedReceipt & { receiptId: string }> {
  const [{ name, shape, tensor }] = stage.program.inputs
  const data = Array.from({ length: tensor.length }, (_, i) => (i % 7) / 7)
  const response = await fetch(`${node.url}/v2/models/digits/infer`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      inputs: [{ name, shape, datatype: "FP32", data }],
      parameters: { consumer: stage.consumer.address },
    }),
  })
  const text = await response.text()
  expect(response.status, text).equal(200)
  const header = response.headers.get("onus-receipt")
  const signed = revive(JSON.parse(Buffer.from(header!, "base64url").toString()) as Json) as SignedReceipt
  return { ...signed, receiptId: receiptId(signed.registry, signed.receipt) }
}

/** Where a receipt is anchored, as the node says; undefined as long as it is not. */
export async function inclusionOf(node: NodeProcess, id: string): Promise<Inclusion | undefined> {
  const response = await fetch(`${node.url}/v1/receipts/${id}`)
  const { inclusion } = revive((await response.json()) as Json) as { inclusion?: Inclusion }
  return inclusion
}

type Json = string | number | boolean | null | Json[] | { [name: string]: Json }

/** Whole numbers are decimal strings in what a node writes. */
function revive(value: Json): unknown {
  if (typeof value === "string") return /^\d+$/.test(value) ? BigInt(value) : value
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map(revive)
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, revive(part)]))
}
