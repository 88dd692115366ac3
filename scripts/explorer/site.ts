import type { History } from "./history.ts"
import { type ServedSite, serveSite } from "./serve.ts"

/** Serves the pages over a history: its chain, its answers as files, its model. */
export function serveHistory(
  { stage }: History,
  folder: string,
  { port, index }: { readonly port?: number; readonly index?: string } = {},
): Promise<ServedSite> {
  const files = new Map<string, Uint8Array | string>([
    [`/models/${stage.program.modelId}.onnx`, stage.modelFile],
  ])
  for (const [id, text] of stage.evidence()) files.set(`/evidence/${id}.json`, text)
  const { url: rpc, registry } = stage.chain
  const parts = { folder, rpc, registry, fromBlock: 0, files: () => files, ...(index ? { index } : {}) }
  return serveSite(parts, port)
}
