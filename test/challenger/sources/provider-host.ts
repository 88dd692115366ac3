import type { ServerResponse } from "node:http"
import { id } from "ethers"
import { type Batch, batchId } from "../../../src/protocol/batch.ts"
import { toJson } from "../../../src/protocol/json.ts"
import { type Receipt, receiptId } from "../../../src/protocol/receipt.ts"
import { SumTree } from "../../../src/protocol/sum-tree.ts"
import { KEY, REGISTRY, receiptWith } from "../../sdk/samples.ts"
import { type Host, httpHost } from "../fetch/host.ts"

/** What a path answers: a body, or all that is needed to answer otherwise. */
export type Route = string | Uint8Array | ((response: ServerResponse) => void)

/** A provider that serves whatever it is told to. */
export interface ProviderHost extends Host {
  /** By path. */
  readonly routes: Map<string, Route>
  /** Paths that were asked for. */
  readonly asked: string[]
}

export async function providerHost(): Promise<ProviderHost> {
  const routes = new Map<string, Route>()
  const asked: string[] = []
  const host = await httpHost((request, response) => {
    const path = request.url!
    asked.push(path)
    const route = routes.get(path)
    if (route === undefined) response.writeHead(404).end("{}")
    else if (typeof route === "function") route(response)
    else response.end(route)
  })
  // Its other properties are computed.
  return Object.assign(host, { routes, asked })
}

const SIGNATURE = `0x${"1b".repeat(65)}`

/** Receipts in a batch, with the list that belongs to it. */
export function batchWith(receipts: readonly Receipt[]) {
  const ids = receipts.map((receipt) => receiptId(REGISTRY, receipt))
  const tree = new SumTree(receipts.map(({ coverage }, i) => ({ receiptId: ids[i], coverage })))
  const batch: Batch = {
    provider: KEY.address,
    modelId: receipts[0].modelId,
    root: tree.root.digest,
    count: BigInt(receipts.length),
    coverage: tree.root.sum,
    window: 600n,
  }
  const lines = receipts.map((receipt, index) => lineOf({ index, receipt, signature: SIGNATURE }))
  return { id: batchId(batch), batch, ids, tree, lines }
}

/** A line of a list. */
export const lineOf = (value: object): string => `${JSON.stringify(JSON.parse(toJson(value)))}\n`

/** Some receipts, each of another request. */
export const receipts = (count: number): Receipt[] =>
  Array.from({ length: count }, (_, i) =>
    receiptWith({ requestId: id(`request ${i}`), coverage: BigInt(i + 1) }),
  )

/** What a node tells about a receipt. */
export const shown = (receipt: Receipt, more: object = {}): string =>
  toJson({ registry: REGISTRY, receipt, signature: SIGNATURE, assurance: "signed", ...more })
