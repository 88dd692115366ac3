import { isAddress } from "ethers"
import { OnusError } from "../../../src/protocol/errors.ts"

/** Where a site finds what it shows: `site.json` beside the pages says it. */
export interface Site {
  /** URL of an Ethereum node. */
  readonly rpc: string
  /** Address of the `Onus` contract. */
  readonly registry: string
  /** The first block that can hold an event of it. */
  readonly fromBlock: number
  /** URL of an index, if there is one. */
  readonly index: string | undefined
  /** URL of a folder with answers as files, `RECEIPT-ID.json`, if the site keeps some. */
  readonly evidence: string | undefined
  /** URL of a folder with models as files, `MODEL-ID.onnx`, if the site keeps some. */
  readonly models: string | undefined
}

/** Reads where everything is. @throws OnusError `SiteMalformed`. */
export async function loadSite(): Promise<Site> {
  const response = await fetch("/site.json")
  const said = (await response.json().catch(() => undefined)) as Record<string, unknown> | undefined
  const url = (name: string): string | undefined =>
    typeof said?.[name] === "string" ? new URL(said[name], location.origin).href : undefined
  const [rpc, registry] = [url("rpc"), said?.registry]
  if (!response.ok || rpc === undefined || !isAddress(registry))
    throw new OnusError("SiteMalformed", "The site does not say where its registry is", {
      hint: "Put a site.json with rpc and registry beside index.html: see docs/explorer.md",
    })
  const fromBlock = typeof said?.fromBlock === "number" ? said.fromBlock : 0
  return { rpc, registry, fromBlock, index: url("index"), evidence: url("evidence"), models: url("models") }
}
