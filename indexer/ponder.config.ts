import { createConfig } from "ponder"
import { abiOf } from "../src/facts/chain/abi.ts"
import { ask, connections, deployment, settings } from "./src/deployment.ts"

const set = settings()
const { contracts } = await deployment(set)
const folder = process.env.ONUS_INDEX_FOLDER

export default createConfig({
  ...(process.env.DATABASE_URL || !folder
    ? {}
    : { database: { kind: "pglite" as const, directory: folder } }),
  chains: {
    onus: {
      id: Number(await ask(set.rpc, "eth_chainId", [])),
      rpc: connections(set),
      pollingInterval: Number(process.env.ONUS_POLLING ?? 1000),
    },
  },
  contracts: Object.fromEntries(
    [...contracts].map(([address, name]) => [
      name,
      {
        chain: "onus" as const,
        abi: abiOf(name) as never,
        address: address as `0x${string}`,
        startBlock: set.startBlock,
      },
    ]),
  ),
})
