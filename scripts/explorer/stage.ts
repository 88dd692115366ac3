import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Wallet, ZeroHash, id } from "ethers"
import { seededDraw } from "../../src/engine/audit/sample.ts"
import { engine } from "../../src/engine/engine.ts"
import { bytesOf } from "../../src/engine/executor.ts"
import { loadOnnx } from "../../src/engine/onnx/load.ts"
import { lower } from "../../src/engine/program/lower.ts"
import type { Program } from "../../src/engine/program/program.ts"
import type { ServedModel } from "../../src/provider/serve/model.ts"
import { type Bundle, bundleOf, encodeBundle } from "../../src/sdk/bundle.ts"
import type { Client } from "../../src/sdk/client.ts"
import { ROOT } from "../../src/tour/chain/hardhat.ts"
import { LocalChain } from "../../src/tour/chain/local-chain.ts"
import type { Lie } from "../../src/tour/provider/lies.ts"
import { Provider, type Told } from "../../src/tour/provider/provider.ts"
import { SEEN_FONTS, drawDigit } from "../train/digits.ts"
import { createRandom } from "../train/random.ts"

export const TOKEN = 10n ** 18n
export const HOUR = 3_600
export const DAY = 24 * HOUR

/** When the history begins: it is the same whenever it is played. */
const BEGIN = new Date("2026-09-01T06:00:00Z")
const MODEL_FILE = join(ROOT, "models", "digits.onnx")

/** More blocks than an index takes for undoable on a local chain. */
const UNDOABLE = 40

/** An account that asks, pays or challenges. */
export interface Person {
  readonly address: string
  readonly client: Client
}

/** How an answer is asked for. */
export interface Asking {
  readonly consumer: Person
  readonly coverage: bigint
  /** Days. */
  readonly window: number
  /** Seconds in which it is to be anchored. */
  readonly anchorWithin?: number
  readonly lie?: Lie
}

/** A chain, a model, and the people and providers of a history. */
export class Stage {
  readonly chain: LocalChain
  readonly program: Program
  readonly modelFile = readFileSync(MODEL_FILE)
  readonly #model: ServedModel
  readonly #executor = engine()
  readonly #lies = new Map<string, Lie>()
  readonly #providers: Provider[] = []
  readonly #random = createRandom(8, "explorer")
  #asked = 0

  private constructor(chain: LocalChain) {
    this.chain = chain
    this.program = lower(loadOnnx(this.modelFile))
    this.#model = { name: "digits", program: this.program, trace: "eager" }
  }

  static async open(): Promise<Stage> {
    return new Stage(await LocalChain.open({ initialDate: BEGIN }))
  }

  /** Somebody with coins and tokens. */
  async person(name: string, tokens = 10_000n): Promise<Person> {
    const wallet = walletOf(name)
    return { address: wallet.address, client: await this.chain.admit(wallet, tokens * TOKEN) }
  }

  /** A provider that is registered. @param stake Tokens. */
  async provider(name: string, uri: string, stake: bigint): Promise<Provider> {
    const { address, client } = await this.person(name, stake + 100n)
    const provider = new Provider({
      client,
      address,
      key: walletOf(`key of ${name}`),
      models: [this.#model],
      executor: this.#executor,
      draw: seededDraw(this.#providers.length + 1),
      lieAbout: ({ wishes }) => this.#lies.get(wishes.requestId),
    })
    await provider.register(uri, stake * TOKEN)
    if (this.#providers.length === 0)
      await provider.registerModels(() => "https://models.example/digits.onnx")
    this.#providers.push(provider)
    return provider
  }

  /** Has a provider answer which digit a picture shows. */
  async ask(
    provider: Provider,
    { consumer, coverage, window, anchorWithin = HOUR, lie }: Asking,
  ): Promise<Told> {
    const requestId = id(`explorer: question ${this.#asked++}`)
    if (lie) this.#lies.set(requestId, lie)
    const { pixels } = drawDigit(this.#random, SEEN_FONTS)
    return this.#answer(provider, pixels, requestId, { consumer, coverage, window, anchorWithin })
  }

  /** Asks the same again: who equivocates says something else. */
  async askAgain(provider: Provider, { entry }: Told, asking: Asking): Promise<Told> {
    const pixels = new Float32Array(new Uint8Array(entry.inputs).buffer)
    return this.#answer(provider, pixels, entry.terms.requestId, { anchorWithin: HOUR, ...asking })
  }

  async #answer(
    provider: Provider,
    pixels: Float32Array,
    requestId: string,
    asking: Required<Omit<Asking, "lie">>,
  ) {
    const { consumer, coverage, window, anchorWithin } = asking
    await provider.answer({
      modelId: this.program.modelId,
      inputs: bytesOf(pixels),
      wishes: {
        consumer: consumer.address,
        requestId,
        isIdChosen: true,
        coverage: coverage * TOKEN,
        challengeWindow: BigInt(window * DAY),
        anchorWithin: BigInt(anchorWithin),
        termsHash: ZeroHash,
        trace: "eager",
      },
    })
    return provider.told.at(-1)
  }

  /** Lets time pass. @param seconds On the chain. */
  async pass(seconds: number): Promise<void> {
    const { time, block } = await this.chain.now()
    await this.chain.passTo(time + seconds, block + 320)
  }

  /**
   * Makes blocks one by one: of many that are made at once, the chain makes up what is in between when somebody asks, and an index takes
   * them for undone. Its last ones, which can be undone, must not be such.
   */
  async settle(): Promise<void> {
    for (let block = 0; block < UNDOABLE; block++) await this.chain.mine()
  }

  /** Lets the time pass in which something is to be answered. */
  async passTo({ args }: { readonly args: Readonly<Record<string, unknown>> }): Promise<void> {
    const { due, dueBlock } = args as Readonly<Record<"due" | "dueBlock", bigint>>
    await this.chain.passTo(Number(due) + 1, Number(dueBlock) + 1)
  }

  /** Every answer as a file, by the id of its receipt: as much of it as its provider shows to anybody. */
  evidence(): ReadonlyMap<string, string> {
    const all = this.#providers.flatMap(({ told }) => told)
    return new Map(all.map((one) => [one.entry.signed.receiptId, encodeBundle(bundleIn(one))]))
  }

  async close(): Promise<void> {
    await this.chain.close()
  }
}

/** What a consumer of an answer has: what the provider serves, or the question alone. */
export function bundleIn({ entry, story, place }: Told): Bundle {
  const inclusion = place === undefined || place === "direct" ? undefined : place
  if (story.served) return bundleOf(entry.signed, story.served, inclusion)
  const tensors = { input: entry.inputs, trace: new Uint8Array(), output: new Uint8Array() }
  return { signed: entry.signed, tensors, ...(inclusion ? { inclusion } : {}) }
}

const walletOf = (name: string): Wallet => new Wallet(id(`onus explorer: ${name}`))
