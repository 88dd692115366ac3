import { existsSync, readFileSync, readdirSync } from "node:fs"
import { join } from "node:path"
import * as z from "zod"
import { OnusError } from "../protocol/errors.ts"

const schema = z.object({
  chainId: z.string(),
  contracts: z.object({ Onus: z.object({ address: z.string(), block: z.number().optional() }) }),
})

/** A registry that was deployed from here. */
export interface KnownDeployment {
  /** The file that says so. */
  readonly file: string
  readonly address: string
  /** The block from which on it has events. */
  readonly block: number
}

/** The deployments on a chain that are recorded as `FOLDER/NETWORK/addresses.json`. */
export function knownDeployments(chainId: bigint, folder: string): KnownDeployment[] {
  if (!existsSync(folder)) return []
  const files = readdirSync(folder).map((name) => join(folder, name, "addresses.json"))
  return files.filter(existsSync).flatMap((file) => {
    const { chainId: chain, contracts } = readAddresses(file)
    return chain === String(chainId)
      ? [{ file, address: contracts.Onus.address, block: contracts.Onus.block ?? 0 }]
      : []
  })
}

/** Reads one `addresses.json`. @throws OnusError `DeploymentMalformed`. */
export function readAddresses(file: string): z.infer<typeof schema> {
  try {
    return schema.parse(JSON.parse(readFileSync(file, "utf8")))
  } catch (cause) {
    throw new OnusError("DeploymentMalformed", `${file} is not a record of a deployment`, {
      hint: "Deploy again, or name the registry with --registry",
      cause,
    })
  }
}
