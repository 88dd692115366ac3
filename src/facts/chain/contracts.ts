import { AbiCoder, ZeroAddress, dataSlice, id } from "ethers"
import { OnusError } from "../../protocol/errors.ts"
import { Fault } from "../../sdk/fault.ts"
import type { ContractName } from "./events.ts"

/** Contracts that the registry does not know of: they are looked at only where they are named. */
export interface Companions {
  readonly audits?: string
  readonly callbacks?: string
  readonly agents?: string
}

/** Where the events come from, and what never changes about it. */
export interface Deployment {
  /** Names by addresses in lower case. */
  readonly contracts: ReadonlyMap<string, ContractName>
  /** Blocks that an answer to a demand may take at least. */
  readonly answerBlocks: number
}

/** Calls a contract; returns what it returns. */
export type Read = (to: string, data: string) => Promise<string>

const coder = AbiCoder.defaultAbiCoder()

/**
 * Looks up in the registry where everything else is.
 *
 * @throws OnusError `ContractMissing` when there is no registry at the address.
 */
export async function findContracts(
  read: Read,
  registry: string,
  companions: Companions = {},
): Promise<Deployment> {
  const ask = async (to: string, signature: string, types: string[] = [], values: unknown[] = []) =>
    read(to, dataSlice(id(signature), 0, 4) + coder.encode(types, values).slice(2))
  const address = async (signature: string, types: string[] = [], values: unknown[] = []): Promise<string> =>
    addressIn(await ask(registry, signature, types, values), registry)
  const judge = await address("faultModule(uint8)", ["uint8"], [Fault.WrongExecution])
  const modules: readonly (readonly [string | undefined, ContractName])[] = [
    [registry, "onus"],
    [judge, "judge"],
    [await address("faultModule(uint8)", ["uint8"], [Fault.Omission]), "omission"],
    [await address("providers()"), "providers"],
    [await address("models()"), "models"],
    [await address("reputation()"), "reputation"],
    [companions.audits, "audits"],
    [companions.callbacks, "callbacks"],
    [companions.agents, "agents"],
  ]
  const there = modules.filter((entry): entry is [string, ContractName] => entry[0] !== undefined)
  const [, , , , answerBlocks] = coder.decode(CLOCKS, await ask(judge, "clocks()"))
  return {
    contracts: new Map(there.map(([at, name]) => [at.toLowerCase(), name])),
    answerBlocks: Number(answerBlocks),
  }
}

const CLOCKS = ["uint32", "uint32", "uint32", "uint32", "uint32"]

function addressIn(word: string, registry: string): string {
  const found = /^0x0{24}([0-9a-f]{40})$/i.exec(word)?.[1]
  if (found !== undefined && `0x${found}` !== ZeroAddress) return `0x${found}`
  throw new OnusError("ContractMissing", `The contract at ${registry} is not an Onus registry`, {
    hint: "Check the address, and that the RPC URL is of the chain that it is on",
  })
}
