import { Wallet, id } from "ethers"
import { engine } from "../engine/engine.ts"
import { seededDraw } from "../engine/audit/sample.ts"
import { Role } from "../protocol/role.ts"
import { loadModel } from "../provider/models/load.ts"
import type { ServedModel } from "../provider/serve/model.ts"
import { chainTime } from "../sdk/chain-time.ts"
import { addKey } from "../sdk/keys.ts"
import { registerProvider } from "../sdk/register-provider.ts"
import { deposit } from "../sdk/stake.ts"
import type { LocalChain } from "./chain/local-chain.ts"
import { MODEL, MODEL_NAME, nodeConfig } from "./config.ts"
import { Program, freePort } from "./process.ts"
import {
  type Lie,
  equivocation,
  garbageRoot,
  hiddenTrace,
  omission,
  withheldTrace,
  wrongElement,
} from "./provider/lies.ts"
import { Provider } from "./provider/provider.ts"
import { serveProvider } from "./provider/serving.ts"

export const TOKEN = 10n ** 18n
const STAKE = 1_000n * TOKEN
const YEAR = 365n * 86_400n

/**
 * Every way to cheat, each with a provider of its own; whether it lists what it has anchored. Of who lists nothing, nobody knows for
 * certain that an answer is not in a batch.
 */
const CHEATS: readonly (readonly [lie: Lie, isListed: boolean])[] = [
  [wrongElement, true],
  [garbageRoot, false],
  [withheldTrace, false],
  [hiddenTrace, false],
  [equivocation, false],
  [omission, true],
]

/** A provider of the tour. */
export interface Member {
  /** How it cheats, or "honest". */
  readonly name: string
  readonly address: string
  readonly url: string
  readonly isListed: boolean
  readonly lie: Lie | undefined
  /** Undefined of the honest one: that is a node, in a process of its own. */
  readonly provider: Provider | undefined
  close(): Promise<void>
}

/** What providers of the tour need to know. */
export interface Stage {
  readonly chain: LocalChain
  readonly model: ServedModel
  readonly seed: number
  /** For files of programs. */
  readonly folder: string
}

/** The model of the tour: the digit reader. */
export const theModel = (): Promise<ServedModel> =>
  loadModel({ name: MODEL_NAME, path: MODEL, trace: "eager", isPublic: true })

/** The accounts of the tour, all of them made from its seed. */
export const walletOf = ({ seed }: Pick<Stage, "seed">, role: string): Wallet =>
  new Wallet(id(`onus tour ${seed}: ${role}`))

/** Opens those who cheat. @param isLie whether one lies about the request with this id. */
export async function openCheats(
  stage: Stage,
  isLie: (name: string, requestId: string) => boolean,
): Promise<readonly Member[]> {
  const executor = engine()
  return Promise.all(
    CHEATS.map(async ([lie, isListed], number) => {
      const { name } = lie
      const owner = walletOf(stage, name)
      const provider = new Provider({
        client: await stage.chain.admit(owner, STAKE),
        address: owner.address,
        key: walletOf(stage, `key of ${name}`),
        models: [stage.model],
        executor,
        draw: seededDraw(stage.seed + number),
        lieAbout: ({ wishes }) => (isLie(name, wishes.requestId) ? lie : undefined),
      })
      const serving = await serveProvider(provider, { isListed })
      const url = `http://127.0.0.1:${serving.port}`
      await provider.register(url, STAKE)
      // One of them is enough.
      if (number === 0) await provider.registerModels(() => `${url}/v1/models/${MODEL_NAME}/versions/1/file`)
      const close = () => serving.close()
      return { name, address: owner.address, url, isListed, lie, provider, close }
    }),
  )
}

/** Opens the honest one: the program that operators run, with a key for each of its tasks. */
export async function openHonest(stage: Stage): Promise<Member> {
  const { chain, folder } = stage
  const owner = walletOf(stage, "honest")
  const [signing, sending] = [walletOf(stage, "signing key"), walletOf(stage, "sending key")]
  const [port, metricsPort] = [await freePort(), await freePort()]
  const url = `http://127.0.0.1:${port}`
  const client = await chain.admit(owner, STAKE)
  await chain.admit(sending, 0n)
  await registerProvider(client, url)
  await deposit(client, owner.address, STAKE)
  const until = (await chainTime(client)) + YEAR
  await addKey(client, signing.address, until, Role.Sign)
  await addKey(client, sending.address, until, Role.Anchor)
  const config = nodeConfig({ chain, provider: owner.address, port, metricsPort })
  const node = new Program("node", folder, config, {
    SIGNING_KEY: signing.privateKey,
    SENDING_KEY: sending.privateKey,
  })
  await node.ready(`http://127.0.0.1:${metricsPort}/readyz`)
  return {
    name: "honest",
    address: owner.address,
    url,
    isListed: true,
    lie: undefined,
    provider: undefined,
    close: () => node.stop(),
  }
}
