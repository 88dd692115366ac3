import { readFileSync } from "node:fs"
import type { HDNodeWallet, Signer } from "ethers"
import { Wallet, id } from "ethers"
import { network } from "hardhat"
import { loadOnnx } from "../../src/engine/onnx/load.ts"
import type { Program } from "../../src/engine/program/program.ts"
import { lower } from "../../src/engine/program/lower.ts"
import { type Client, connect, send } from "../../src/sdk/client.ts"
import { type Connection, type Deployment, deploy } from "../deploy/deploy.ts"

export const MODEL_FILE = "models/digits.onnx"
export const STAKE = 1_000n * 10n ** 18n
export const COVERAGE = 10n * 10n ** 18n
export const WINDOW = 6n * 3600n

/** A provider of the story: its account, its client, its signing key. */
export interface Actor {
  readonly name: string
  readonly account: Signer
  readonly address: string
  readonly client: Client
  readonly key: HDNodeWallet | Wallet
}

/** Everything that is on stage: a chain in this process, the registry, the model, the people. */
export interface Stage {
  readonly connection: Connection
  readonly deployment: Deployment
  readonly governor: Signer
  readonly guardian: Signer
  readonly program: Program
  readonly providers: readonly Actor[]
  readonly consumer: Actor
  /** Others who ask the providers now and then. */
  readonly regulars: readonly Actor[]
  readonly challenger: Actor
  readonly bystander: Actor
  /** Unix seconds on the chain. */
  readonly now: () => Promise<bigint>
  /** Lets time pass on the chain, with a block every 12 seconds. */
  readonly wait: (seconds: bigint) => Promise<void>
}

/** Starts the chain, deploys the registry and hands out demo money. */
export async function setStage(): Promise<Stage> {
  // A reputation may begin to decay between the estimate and the block, which costs more than was estimated.
  const connection = await network.create({ override: { gasMultiplier: 1.5 } })
  const signers = await connection.ethers.getSigners()
  const [governor, guardian] = signers.slice(8, 10)
  const people = { governor: governor.address, guardian: guardian.address }
  const deployment = await deploy(connection, people)
  const actor = async (name: string, account: Signer): Promise<Actor> => ({
    name,
    account,
    address: await account.getAddress(),
    client: await connect(account, deployment.addresses.Onus),
    key: new Wallet(id(`signing key of ${name}`)),
  })
  const [, ada, bob, cyn, dora, eli, fay] = signers
  const [gil, hal] = signers.slice(10)
  const providers = [await actor("Ada", ada), await actor("Bob", bob), await actor("Cyn", cyn)]
  for (const { address } of providers) await send(deployment.token.mint(address, STAKE))
  return {
    connection,
    deployment,
    governor,
    guardian,
    program: lower(loadOnnx(readFileSync(MODEL_FILE))),
    providers,
    consumer: await actor("Dora", dora),
    regulars: [await actor("Gil", gil), await actor("Hal", hal)],
    challenger: await actor("Eli", eli),
    bystander: await actor("Fay", fay),
    now: async () => BigInt(await connection.networkHelpers.time.latest()),
    wait: async (seconds) => {
      await connection.networkHelpers.mine(Math.ceil(Number(seconds) / 12) + 1, { interval: 12 })
    },
  }
}
