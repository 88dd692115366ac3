import type { Inputs } from "../engine/executor.ts"
import type { Program } from "../engine/program/program.ts"
import { OnusError } from "../protocol/errors.ts"
import { receiptId } from "../protocol/receipt.ts"
import { datatypeOf } from "../provider/serve/datatypes.ts"
import { type Bundle, decodeBundle } from "../sdk/bundle.ts"
import { inputsInOrder } from "./provider/inputs.ts"

/** What a consumer asks of a provider besides the inputs. */
export interface Wish {
  readonly consumer: string
  readonly requestId: string
  /** Token units. */
  readonly coverage: bigint
  /** Seconds. */
  readonly window: bigint
  /** Seconds. */
  readonly anchorWithin: bigint
}

const NOTHING = new Uint8Array()

/**
 * Asks a node, as any client of the Open Inference Protocol does.
 *
 * @returns what a consumer keeps and can hand to a challenger: the signed receipt, and the question.
 * @throws OnusError `AnswerRefused`.
 */
export async function ask(
  url: string,
  model: string,
  program: Program,
  inputs: Inputs,
  wish: Wish,
): Promise<Bundle> {
  const header = Buffer.from(headerOf(program, inputs, wish))
  const body = inputsInOrder(program, inputs)
  const response = await fetch(`${url}/v2/models/${model}/infer`, {
    method: "POST",
    headers: {
      "content-type": "application/octet-stream",
      "inference-header-content-length": String(header.length),
    },
    body: Buffer.concat([header, body]),
  })
  const said = await response.text()
  const receipt = response.headers.get("onus-receipt")
  if (!response.ok || !receipt)
    throw new OnusError("AnswerRefused", `${url} answers with status ${response.status}: ${said}`)
  const signed = JSON.parse(Buffer.from(receipt, "base64url").toString()) as object
  const tensors = { input: "", trace: "", output: "" }
  const bundle = decodeBundle(JSON.stringify({ format: "onus.bundle.v1", ...signed, tensors }))
  return { signed: bundle.signed, tensors: { input: body, trace: NOTHING, output: NOTHING } }
}

function headerOf(program: Program, inputs: Inputs, wish: Wish): string {
  const { consumer, requestId, coverage, window, anchorWithin } = wish
  return JSON.stringify({
    inputs: program.inputs.map(({ name, shape, tensor }) => ({
      name,
      shape,
      datatype: datatypeOf(tensor.type),
      parameters: { binary_data_size: inputs[name].byteLength },
    })),
    parameters: {
      consumer,
      request_id: requestId,
      coverage: String(coverage),
      challenge_window: String(window),
      anchor_within: String(anchorWithin),
    },
  })
}

/** What a consumer keeps, with the place where its answer is anchored as soon as the provider shows it. */
export async function withPlace(url: string, { signed, tensors }: Bundle): Promise<Bundle> {
  const response = await fetch(`${url}/v1/receipts/${receiptId(signed.registry, signed.receipt)}`)
  const { registry, receipt, signature, inclusion } = (await response.json()) as Record<
    string,
    object | undefined
  >
  if (!inclusion) return { signed, tensors }
  const nothing = { input: "", trace: "", output: "" }
  const shown = { format: "onus.bundle.v1", registry, receipt, signature, tensors: nothing, inclusion }
  return { ...decodeBundle(JSON.stringify(shown)), signed, tensors }
}
