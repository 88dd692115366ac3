import type { Interface, LogDescription } from "ethers"
import type { ChainLog, LogFilter } from "../../chain/logs.ts"
import type { Client } from "../../sdk/client.ts"
import { openCourt } from "../../sdk/game/court.ts"

/** The contracts that a challenger listens to. */
const NAMES = {
  onus: ["BatchAnchored", "ReceiptAttested", "ReceiptDetained", "Convicted", "RewardMoved", "PayoutReturned"],
  judge: ["Demanded", "TraceRootPosted", "NodeAnswered", "ChunkAnswered", "LeafAnswered", "Settled"],
  omission: ["Claimed", "Answered", "Settled"],
  providers: ["ProviderRegistered", "ProviderUriChanged"],
  models: ["ModelRegistered"],
} as const satisfies Readonly<Record<string, readonly string[]>>

type ContractName = keyof typeof NAMES

/** An event that is understood. */
export interface Told {
  /** `contract.Event`. */
  readonly name: { [K in ContractName]: `${K}.${(typeof NAMES)[K][number]}` }[ContractName]
  /** Its arguments; what is no valid text throws when it is read. */
  readonly args: LogDescription["args"]
  readonly log: ChainLog
}

/** What tells events of the contracts apart. */
export interface Contracts {
  readonly filter: LogFilter
  /** The event of a log; undefined if it is none that is listened to. */
  read(log: ChainLog): Told | undefined
  /** For what transactions were sent with. */
  readonly interfaces: Readonly<Record<ContractName, Interface>>
}

/** Finds the contracts of a registry. */
export async function contractsOf(client: Client): Promise<Contracts> {
  const contracts = {
    onus: client.onus,
    judge: (await openCourt(client)).judge,
    omission: await client.omission(),
    providers: await client.providers(),
    models: await client.models(),
  }
  const names = Object.keys(NAMES) as ContractName[]
  const byAddress = new Map<string, ContractName>()
  for (const name of names) byAddress.set((await contracts[name].getAddress()).toLowerCase(), name)
  const interfaces = Object.fromEntries(
    names.map((name) => [name, contracts[name].interface as Interface]),
  ) as Record<ContractName, Interface>
  const topics = names.flatMap((name) =>
    NAMES[name].map((event) => interfaces[name].getEvent(event)!.topicHash),
  )
  return {
    filter: { addresses: [...byAddress.keys()], topics: [[...new Set(topics)].sort()] },
    interfaces,
    read(log) {
      const name = byAddress.get(log.address)
      const event = name && interfaces[name].parseLog(log)
      const isWanted = event && (NAMES[name] as readonly string[]).includes(event.name)
      return isWanted ? { name: `${name}.${event.name}` as Told["name"], args: event.args, log } : undefined
    },
  }
}
