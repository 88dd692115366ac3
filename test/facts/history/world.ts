import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types"
import { MaxUint256, Wallet, id } from "ethers"
import { network } from "hardhat"
import { type Random, createRandom } from "../../../scripts/train/random.ts"
import type { Connection } from "../../../scripts/deploy/deploy.ts"
import type { Inclusion } from "../../../src/protocol/batch.ts"
import type { ModelHeader } from "../../../src/protocol/model.ts"
import type { Receipt, Registry } from "../../../src/protocol/receipt.ts"
import type { Question } from "../../../src/engine/audit/game/question.ts"
import type * as Contracts from "../../../types/contracts/index.js"
import {
  AgentValidation__factory,
  Audits__factory,
  Callbacks__factory,
  DemoToken__factory,
  Governance__factory,
  Models__factory,
  Omission__factory,
  Onus__factory,
  Providers__factory,
  Reputation__factory,
  WrongExecution__factory,
} from "../../../types/contracts/index.js"

const HOUR = 3600
const DAY = 24 * HOUR
const MIN_STAKE = 100n * 10n ** 18n
/** Blocks of windows and of answers: few, as each is mined by itself. */
export const BLOCKS = 3
const STAKE = 10n ** 24n

/** A receipt that a provider has signed, and where its collateral is. */
export interface Item {
  readonly id: string
  readonly receipt: Receipt
  readonly signature: string
  readonly model: ModelHeader
  /** Of the trees that the receipt commits to: the leaves of trace and output. */
  readonly leaves: { readonly trace: readonly string[]; readonly output: readonly string[] }
  readonly traceRoot: string
  /** Undefined while it is not anchored. */
  inclusion?: Inclusion
  readonly questions: Question[]
}

type Signer = HardhatEthersSigner

/** Everything that exists on a chain, and everybody who does something there. */
export interface World {
  readonly connection: Connection
  readonly random: Random
  readonly registry: Registry
  readonly onus: Contracts.Onus
  readonly token: Contracts.DemoToken
  readonly providers: Contracts.Providers
  readonly models: Contracts.Models
  readonly reputation: Contracts.Reputation
  readonly judge: Contracts.WrongExecution
  readonly omission: Contracts.Omission
  readonly equivocation: Contracts.Equivocation
  readonly governance: Contracts.Governance
  readonly audits: Contracts.Audits
  readonly callbacks: Contracts.Callbacks
  readonly agents: Contracts.AgentValidation
  readonly identities: { readonly address: string }
  readonly governor: Signer
  readonly people: Readonly<
    Record<"providers" | "consumers" | "challengers" | "payers" | "auditors", Signer[]>
  >
  readonly keys: Map<string, Wallet>
  readonly headers: ModelHeader[]
  readonly items: Item[]
  /** Ids of payouts with a receipt of their offence. */
  readonly payouts: Map<string, Item>
  /** Funds of audits with the lock's items. */
  readonly funds: { readonly id: bigint; readonly items: readonly Item[] }[]
  /** Counts everything that is made up, and agents. */
  serial: number
  agentCount: number
  now(): Promise<number>
}

/** Starts a chain with a registry on it, in whose history anything may happen. */
export async function createWorld(seed: number): Promise<World> {
  const connection = await network.create()
  keepTime(connection)
  const { ethers } = connection
  const signers = await ethers.getSigners()
  const [governor] = signers
  const deployed = async (name: string, ...values: unknown[]): Promise<string> =>
    (await ethers.deployContract(name, values)).getAddress()
  const token = await deployed("DemoToken")
  const modules = {
    token,
    providers: await deployed("Providers"),
    models: await deployed("Models"),
    reputation: await deployed("Reputation", token, MIN_STAKE),
    equivocation: await deployed("Equivocation"),
    wrongExecution: await deployed(
      "WrongExecution",
      await deployed("ElementReferee"),
      { budget: DAY, response: 2 * HOUR, turn: 6 * HOUR, game: 3 * DAY, responseBlocks: BLOCKS },
      10n ** 9n,
    ),
    omission: await deployed("Omission", DAY, BLOCKS, 10n ** 9n),
    governance: await deployed("Governance", governor.address, governor.address),
  }
  const onus = await deployed("Onus", {
    ...modules,
    thawPeriod: 23 * DAY,
    terms: { minStake: MIN_STAKE, minWindowBlocks: BLOCKS, escrow: (3 * DAY) / 60 },
  })
  const identities = await deployed("Agents")
  const agents = await deployed("AgentValidation", onus, await deployed("Validations", identities))
  const people = {
    providers: signers.slice(1, 7),
    consumers: signers.slice(7, 10),
    challengers: signers.slice(10, 13),
    payers: signers.slice(13, 15),
    auditors: signers.slice(15, 17),
  }
  const world: World = {
    connection,
    random: createRandom(seed, "history"),
    registry: { chainId: (await ethers.provider.getNetwork()).chainId, address: onus },
    onus: Onus__factory.connect(onus, governor),
    token: DemoToken__factory.connect(token, governor),
    providers: Providers__factory.connect(modules.providers, governor),
    models: Models__factory.connect(modules.models, governor),
    reputation: Reputation__factory.connect(modules.reputation, governor),
    judge: WrongExecution__factory.connect(modules.wrongExecution, governor),
    omission: Omission__factory.connect(modules.omission, governor),
    equivocation: await ethers.getContractAt("Equivocation", modules.equivocation),
    governance: Governance__factory.connect(modules.governance, governor),
    audits: Audits__factory.connect(await deployed("Audits", onus, MIN_STAKE), governor),
    callbacks: Callbacks__factory.connect(await deployed("Callbacks", onus), governor),
    agents: AgentValidation__factory.connect(agents, governor),
    identities: { address: identities },
    governor,
    people,
    keys: new Map(people.providers.map(({ address }) => [address, new Wallet(id(`key of ${address}`))])),
    headers: [],
    items: [],
    payouts: new Map(),
    funds: [],
    serial: 0,
    agentCount: 0,
    now: async () => (await ethers.provider.getBlock("latest"))!.timestamp,
  }
  for (const person of Object.values(people).flat()) await admit(world, person)
  return world
}

/** Somebody has tokens, and lets the contracts take them. */
async function admit({ token, onus, reputation, audits }: World, person: Signer): Promise<void> {
  await token.mint(person.address, STAKE)
  for (const spender of [onus, reputation, audits])
    await token.connect(person).approve(await spender.getAddress(), MaxUint256)
}

/** A provider that was not there before. */
export async function arrive(world: World): Promise<Signer> {
  const { address } = new Wallet(id(`provider ${world.serial++}`))
  await world.connection.networkHelpers.setBalance(address, STAKE)
  const provider = await world.connection.ethers.getImpersonatedSigner(address)
  await admit(world, provider)
  world.people.providers.push(provider)
  world.keys.set(address, new Wallet(id(`key of ${address}`)))
  return provider
}

/** Mines blocks one by one, the first after some seconds: as a chain does, each is linked to its parent. */
export async function pass(
  { connection }: Pick<World, "connection">,
  seconds: number,
  blocks = 1,
): Promise<void> {
  const { provider } = connection
  await provider.request({ method: "evm_increaseTime", params: [seconds] })
  for (let i = 0; i < blocks; i++) await provider.request({ method: "evm_mine", params: [] })
}

/** When every such chain begins, Unix seconds. */
const BEGIN = 2_000_000_000
const MINING = ["eth_sendTransaction", "eth_sendRawTransaction", "evm_mine"]

/** Makes blocks a second apart, however fast this machine is. */
function keepTime({ provider }: Connection): void {
  const request = provider.request.bind(provider)
  let time = BEGIN
  provider.request = async (call: Parameters<typeof request>[0]) => {
    if (call.method === "evm_increaseTime") return (time += (call.params as number[])[0])
    if (MINING.includes(call.method)) await request({ method: "evm_setNextBlockTimestamp", params: [++time] })
    return request(call) as Promise<unknown>
  }
}
