// Keeps the facts of a registry in a database and answers over HTTP. See --help.
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { findContracts } from "../src/facts/chain/contracts.ts"
import { OnusError, isOnusError } from "../src/protocol/errors.ts"
import { knownDeployments } from "../src/sdk/deployments.ts"
import { openRpc } from "../src/sdk/rpc.ts"
import { IndexProcess, type IndexOptions } from "./index/process.ts"

const HELP = `Keeps what happened in a registry in a database, and answers over HTTP.

  npm run index -- --rpc URL [--registry ADDRESS] [--from BLOCK] [--port NUMBER] [--host ADDRESS] [--folder FOLDER]

  --rpc       JSON-RPC of a node; http://127.0.0.1:8545 unless given
  --registry  the registry; unless given, the one that deployments/ has for the chain
  --from      the block of its deployment; unless given, what deployments/ says, else 0
  --port      42069 unless given
  --host      127.0.0.1 unless given
  --folder    where the database lies; .onus/index unless given. With DATABASE_URL in the environment, that PostgreSQL is used

Answers: /v1/status, /v1/providers, ... (docs/index.md), /graphql, /sql, /metrics, /health, /ready`

/** What `deployments/` says about the registry of a chain. */
interface Found {
  readonly registry: string
  readonly fromBlock: number
  readonly companions: NonNullable<IndexOptions["companions"]>
}

async function find(rpc: string, registry: string | undefined, from: string | undefined): Promise<Found> {
  const node = await openRpc(rpc)
  const { chainId } = await node.getNetwork()
  const known = knownDeployments(chainId, "deployments").filter(
    ({ address }) => registry === undefined || address.toLowerCase() === registry.toLowerCase(),
  )
  const [deployment] = known
  const address = registry ?? deployment?.address
  if (address === undefined || (registry === undefined && known.length > 1))
    throw new OnusError(
      "RegistryUnknown",
      `deployments/ has ${known.length} registries on chain ${chainId}`,
      {
        hint: "Name one with --registry",
      },
    )
  // Before anything is started for it.
  await findContracts((to, data) => node.call({ to, data }), address)
  node.destroy()
  return {
    registry: address,
    fromBlock: Number(from ?? deployment?.block ?? 0),
    companions: deployment ? companionsIn(deployment.file) : {},
  }
}

function companionsIn(file: string): Found["companions"] {
  const { contracts } = JSON.parse(readFileSync(file, "utf8")) as {
    contracts: Readonly<Partial<Record<"Audits" | "Callbacks", { readonly address: string }>>>
  }
  const { Audits, Callbacks } = contracts
  return {
    ...(Audits ? { audits: Audits.address } : {}),
    ...(Callbacks ? { callbacks: Callbacks.address } : {}),
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rpc: { type: "string", default: "http://127.0.0.1:8545" },
      registry: { type: "string" },
      from: { type: "string" },
      port: { type: "string", default: "42069" },
      host: { type: "string", default: "127.0.0.1" },
      folder: { type: "string", default: join(".onus", "index") },
      help: { type: "boolean", short: "h", default: false },
    },
  })
  if (values.help) return console.log(HELP)
  const { rpc, registry, from, port, host, folder } = values
  if (!existsSync(join("indexer", "node_modules")))
    throw new OnusError("IndexMissing", "The packages of indexer/ are not installed", {
      hint: "Use `npm run index`",
    })
  const database = process.env.DATABASE_URL
  const index = new IndexProcess({
    rpc,
    ...(await find(rpc, registry, from)),
    port: Number(port),
    host,
    ...(database ? { database } : { folder: join(process.cwd(), folder) }),
    print: (text) => process.stdout.write(text),
  })
  let isStopped = false
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => {
      isStopped = true
      void index.stop()
    })
  await index.ended
  if (!isStopped) process.exitCode = 1
}

main().catch((error: unknown) => {
  const { code, message, hint } = isOnusError(error)
    ? error
    : new OnusError("ArgumentsInvalid", String((error as Error).message), { hint: "See --help" })
  console.error(`${code}: ${message}`)
  if (hint) console.error(hint)
  process.exitCode = 2
})
