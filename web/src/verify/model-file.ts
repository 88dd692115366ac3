import type { Site } from "../site/site.ts"

/** The file of a model, if the site keeps it. */
export async function fetchModel({ models }: Site, id: string): Promise<Uint8Array | undefined> {
  if (models === undefined) return undefined
  const response = await fetch(`${models}${id.toLowerCase()}.onnx`).catch(() => undefined)
  return response?.ok ? new Uint8Array(await response.arrayBuffer()) : undefined
}
