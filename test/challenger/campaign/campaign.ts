import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Wallet, ZeroHash, id } from "ethers"
import { interpreter } from "../../../src/engine/reference/interpreter.ts"
import type { InferenceRequest } from "../../../src/provider/issue/request.ts"
import { encodeBundle } from "../../../src/sdk/bundle.ts"
import type { Client } from "../../../src/sdk/client.ts"
import { Opened } from "../../../src/service/opened.ts"
import { LocalChain } from "../../../src/tour/chain/local-chain.ts"
import { Chronicle } from "../../../src/tour/chronicle.ts"
import { Clock, type Deadline } from "../../../src/tour/clock.ts"
import { challengerConfig } from "../../../src/tour/config.ts"
import { isSettled, play } from "../../../src/tour/play.ts"
import { Program, freePort, judgedBy } from "../../../src/tour/process.ts"
import { inputsInOrder } from "../../../src/tour/provider/inputs.ts"
import { type Lie, equivocation, omission } from "../../../src/tour/provider/lies.ts"
import { Provider, type Told } from "../../../src/tour/provider/provider.ts"
import { type Manners, serveProvider } from "../../../src/tour/provider/serving.ts"
import { between, onceIn, pick } from "../../engine/program/words.ts"
import { type Random, seeded } from "../../referee/float32-cases.ts"
import { LIES, TRUTHS } from "./lies.ts"
import { randomInputs, randomModel } from "./networks.ts"

const TOKEN = 10n ** 18n
const STAKE = 10_000n * TOKEN
const DAY = 86_400n
const MOST_OMISSIONS = 3
/** Answers that are handed in at once. */
const AT_ONCE = 8
/** Of so many answers one is a lie, about. */
const LIE_ONCE_IN = process.env.ONUS_LONG === "1" ? 2 : 4
/** Of who lists nothing, it is silence that tells. */
const CHANGES = { choose: { omissions: "unanswered" }, check: { concurrency: 2 } }
/** Seconds after an answer from which on it is taken for what it is. */
const SILENCE = 7.5 * 86_400
/** Seconds on the wall. */
const LONGEST = 600

/** How one campaign went. */
export interface Outcome {
  readonly answers: number
  /** Requests that were lied about. */
  readonly lies: number
  /** Lies that nobody was convicted for, in words. */
  readonly escaped: readonly string[]
  /** Truths that something was claimed of, in words. */
  readonly wronged: readonly string[]
  /** Whether every bond is back and every reward paid. */
  readonly isSettled: boolean
}

/** A provider and how it serves. */
interface Member {
  readonly provider: Provider
  readonly url: string
  readonly manners: Manners
}

/** Random networks, lies and truths of several providers, and a challenger that knows nothing but the registry. */
export class Campaign {
  readonly #random: Random
  readonly #folder = mkdtempSync(join(tmpdir(), "onus-campaign-"))
  readonly #opened = new Opened()
  readonly #conduct = new Map<string, Lie | undefined>()
  readonly #members: Member[] = []
  #chain!: LocalChain
  #challenger!: {
    readonly client: Client
    readonly address: string
    readonly inbox: string
    readonly metrics: string
    readonly program: Program
  }

  constructor(seed: number) {
    this.#random = seeded(seed)
    this.#opened.add("folder", this.#folder, (path) => rmSync(path, { recursive: true, force: true }))
  }

  /** Lets so many answers be given, and everything follow from them that does. */
  async run(answers: number): Promise<Outcome> {
    try {
      this.#chain = this.#opened.add("chain", await LocalChain.open(), (it) => it.close())
      for (let number = 0; number <= Math.ceil(answers / 20); number++) await this.#admit(number)
      await this.#openChallenger()
      const { address, client } = this.#challenger
      const chronicle = await Chronicle.open(client, address)
      for (let number = 0; number < answers; number++) await this.#askOne(number)
      for (const { provider } of this.#members) await provider.anchor()
      await this.#handIn()
      await this.#play(chronicle)
      return this.#outcome(chronicle)
    } finally {
      await this.#opened.close(() => undefined)
    }
  }

  async #admit(number: number): Promise<void> {
    const random = this.#random
    const owner = new Wallet(id(`campaign: provider ${number}`))
    const models = Array.from({ length: between(random, 1, 2) }, (_, i) =>
      randomModel(random, `network-${number}-${i}`, this.#folder),
    )
    const provider = new Provider({
      client: await this.#chain.admit(owner, STAKE),
      address: owner.address,
      key: new Wallet(id(`campaign: key ${number}`)),
      models,
      executor: interpreter,
      draw: (limit) => Math.floor((random() / 2 ** 32) * limit),
      lieAbout: ({ wishes }) => this.#conduct.get(wishes.requestId),
    })
    const manners = this.#manners()
    const serving = await serveProvider(provider, manners)
    this.#opened.add(`provider ${number}`, serving, (it) => it.close())
    const url = `http://127.0.0.1:${serving.port}`
    this.#members.push({ provider, url, manners })
    await provider.register(url, STAKE)
    await provider.registerModels(({ name }) => `${url}/v1/models/${name}/versions/1/file`)
  }

  #manners(): Manners {
    const isListed = onceIn(this.#random, 2)
    // Who gives out questions that nobody asked is found out by their hash: consumers have the right ones.
    if (isListed || !onceIn(this.#random, 3)) return { isListed }
    return { isListed, inputs: ({ inputs }) => inputs.map((byte) => byte ^ 1) }
  }

  async #openChallenger(): Promise<void> {
    const wallet = new Wallet(id("campaign: challenger"))
    const chain = this.#chain
    const client = await chain.admit(wallet, 0n)
    const [inboxPort, metricsPort] = [await freePort(), await freePort()]
    const config = challengerConfig({ chain, inboxPort, metricsPort }, CHANGES)
    const program = new Program("challenger", this.#folder, config, { SENDING_KEY: wallet.privateKey })
    this.#opened.add("challenger", program, (it) => it.stop())
    await program.ready(`http://127.0.0.1:${metricsPort}/readyz`)
    const inbox = `http://127.0.0.1:${inboxPort}/v1/receipts`
    const metrics = `http://127.0.0.1:${metricsPort}/metrics`
    this.#challenger = { client, address: wallet.address, inbox, metrics, program }
  }

  async #askOne(number: number): Promise<void> {
    const random = this.#random
    const requestId = id(`campaign: request ${number}`)
    const lie = onceIn(random, LIE_ONCE_IN) ? this.#anyLie() : pick(random, TRUTHS)
    // Who is excluded for other lies cannot be convicted of an omission.
    const { provider } = lie === omission ? this.#members[0] : pick(random, this.#members.slice(1))
    const { program } = pick(random, provider.models)
    this.#conduct.set(requestId, lie)
    const request: InferenceRequest = {
      modelId: program.modelId,
      inputs: inputsInOrder(program, randomInputs(random, program)),
      wishes: {
        consumer: new Wallet(id("campaign: consumer")).address,
        requestId,
        isIdChosen: true,
        coverage: BigInt(between(random, 1, 5)) * TOKEN,
        challengeWindow: 13n * DAY,
        anchorWithin: 3_600n,
        termsHash: ZeroHash,
        trace: "eager",
      },
    }
    await provider.answer(request)
    if (onceIn(random, 4) || lie === equivocation) await provider.answer(request)
    if (onceIn(random, 6)) await provider.attestLast()
  }

  /** Any lie that somebody can be convicted of: the third omission excludes a provider, and no signature costs it any more then. */
  #anyLie(): Lie {
    const lie = pick(this.#random, LIES)
    const omitted = this.#members[0].provider.told.filter((told) => told.lie === omission)
    return lie === omission && omitted.length === MOST_OMISSIONS ? equivocation : lie
  }

  /** What a provider does not list its consumers hand in, and now and then also what it lists. */
  async #handIn(): Promise<void> {
    const isSecret = ({ lie }: Told) => lie === equivocation || lie === omission
    const handed = this.#members.flatMap(({ provider, manners }) =>
      provider.told.filter((told) => !manners.isListed || isSecret(told) || onceIn(this.#random, 4)),
    )
    const bodies = handed.map((told) => this.#handout(told))
    while (bodies.length > 0) await Promise.all(bodies.splice(0, AT_ONCE).map((body) => this.#post(body)))
  }

  /** What a consumer keeps: without the place of its answer, if it has not asked for that. */
  #handout({ entry: { signed, inputs }, place }: Told): string {
    const nothing = new Uint8Array()
    const tensors = { input: inputs, trace: nothing, output: nothing }
    const isPlaced = place && place !== "direct" && onceIn(this.#random, 2)
    return encodeBundle({ signed, tensors, ...(isPlaced ? { inclusion: place } : {}) })
  }

  async #post(body: string): Promise<void> {
    const headers = { "content-type": "application/json" }
    const response = await fetch(this.#challenger.inbox, { method: "POST", headers, body })
    if (!response.ok) throw new Error(`The inbox answers ${response.status}: ${await response.text()}`)
    await response.body?.cancel()
  }

  async #play(chronicle: Chronicle): Promise<void> {
    const { client, program, metrics } = this.#challenger
    const isCaught = () => this.#outcome(chronicle).escaped.length === 0
    await play({
      chronicle,
      clock: new Clock({
        chain: this.#chain,
        chronicle,
        others: () => this.#unanchored(),
        maturityOf: async (payoutId) => Number((await client.onus.payout(payoutId)).maturesAt),
      }),
      providers: this.#members.map(({ provider }) => provider),
      longest: LONGEST,
      progress: () => judgedBy(metrics),
      isCaught,
      isOver: () => isCaught() && isSettled(chronicle),
      heard: () => Promise.resolve(program.requireAlive()),
    })
  }

  #unanchored(): readonly Deadline[] {
    return this.#told.flatMap(({ lie, entry: { terms } }) => {
      if (lie !== omission) return []
      const moments = [Number(terms.anchorBy), Number(terms.issuedAt) + SILENCE]
      return moments.map((time) => ({ what: "an answer was to be anchored", time, block: 0 }))
    })
  }

  get #told(): readonly Told[] {
    return this.#members.flatMap(({ provider }) => provider.told)
  }

  #outcome(chronicle: Chronicle): Outcome {
    const told = this.#told
    const isLie = ({ lie }: Told): boolean => lie !== undefined && LIES.includes(lie)
    const liars = Map.groupBy(told.filter(isLie), ({ entry }) => entry.request)
    const isCaught = ({ entry }: Told) =>
      chronicle.affairs.get(entry.signed.receiptId)?.conviction?.challenger === this.#challenger.address
    const words = ({ lie, entry: { signed } }: Told) =>
      `${lie?.name ?? "the truth"}: ${this.#challenger.program.lastAbout(signed.receiptId) ?? signed.receiptId}`
    return {
      answers: told.length,
      lies: liars.size,
      escaped: [...liars.values()]
        .filter((answers) => !answers.some(isCaught))
        .map(([first]) => words(first)),
      wronged: told
        .filter((one) => !isLie(one) && chronicle.affairs.has(one.entry.signed.receiptId))
        .map(words),
      isSettled: isSettled(chronicle),
    }
  }
}
