import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { id } from "ethers"
import { digitFromPng } from "../engine/image/digit-image.ts"
import { OnusError, isOnusError } from "../protocol/errors.ts"
import { receiptId } from "../protocol/receipt.ts"
import { type Bundle, encodeBundle } from "../sdk/bundle.ts"
import { claim } from "../sdk/claim.ts"
import type { Client } from "../sdk/client.ts"
import { Opened } from "../service/opened.ts"
import { type Member, type Stage, TOKEN, openCheats, openHonest, theModel, walletOf } from "./cast.ts"
import { ROOT } from "./chain/hardhat.ts"
import { LocalChain } from "./chain/local-chain.ts"
import { Chronicle, type Event, type Moment } from "./chronicle.ts"
import { Clock, type Deadline } from "./clock.ts"
import { ANCHOR_WITHIN, MODEL_NAME, WINDOW, challengerConfig } from "./config.ts"
import { ask, withPlace } from "./consumer.ts"
import { isSettled, play } from "./play.ts"
import { Program, freePort, judgedBy } from "./process.ts"
import { type Report, reportOf } from "./report.ts"

/** Seconds on the wall after which the tour ends, whoever is still at large. */
const LONGEST = 240
/** Questions that each provider is asked; one of those that cheat lies about one of them. */
const QUESTIONS = 3

/** An answer of the tour. */
export interface Sold {
  readonly member: Member
  /** Number of the question, from 1 on. */
  readonly number: number
  readonly receiptId: string
  readonly bundle: Bundle
  /** When it was asked for. */
  readonly asked: Moment
  /** Whether its provider lied about it. */
  readonly isLie: boolean
}

/** What hears of the tour as it happens. */
export interface Listener {
  opened(chain: LocalChain, members: readonly Member[], challenger: string): void
  sold(answers: readonly Sold[]): void
  happened(event: Event, sold: Sold | undefined): void
  jumped(to: Deadline): void
}

export interface TourOptions {
  readonly seed: number
  readonly listener: Listener
}

/**
 * A local chain, providers that cheat in every way and one that does not, and a challenger that knows nothing but the registry: who
 * is caught, when, and what it costs.
 *
 * @throws OnusError `LocalChainMissing`, `ProgramFailed`, `Interrupted`, `Terminated`.
 */
export async function runTour(options: TourOptions): Promise<Report> {
  const opened = new Opened()
  const signals = { SIGINT: "Interrupted", SIGTERM: "Terminated" } as const
  const names = Object.keys(signals) as (keyof typeof signals)[]
  const { promise: interrupted, reject } = Promise.withResolvers<never>()
  const interrupt = (signal: keyof typeof signals) =>
    reject(new OnusError(signals[signal], "The tour was told to end"))
  for (const signal of names) process.once(signal, interrupt)
  try {
    return await Promise.race([openAndPlay(options, opened), interrupted])
  } finally {
    for (const signal of names) process.off(signal, interrupt)
    await opened.close(() => undefined)
  }
}

async function openAndPlay({ seed, listener }: TourOptions, opened: Opened): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), "onus-tour-"))
  opened.add("folder", folder, (path) => rmSync(path, { recursive: true, force: true }))
  const chain = opened.add("chain", await LocalChain.open(), (it) => it.close())
  const stage: Stage = { chain, folder, seed, model: await theModel() }
  const [members, challenger] = await Promise.all([openMembers(stage, opened), openChallenger(stage, opened)])
  listener.opened(chain, members, challenger.address)
  return new Tour(stage, members, challenger, listener).play()
}

/** Requests that are lied about: for each provider that cheats another one, and nobody else knows which. */
const isLieOf = (seed: number) => (name: string, requestId: string) =>
  requestId ===
  requestOf(seed, name, Number(BigInt(id(`onus tour ${seed}: lie of ${name}`)) % BigInt(QUESTIONS)))

const requestOf = (seed: number, name: string, question: number): string =>
  id(`onus tour ${seed}: question ${question} to ${name}`)

async function openMembers(stage: Stage, opened: Opened): Promise<readonly Member[]> {
  const closing = (member: Member) => opened.add(member.name, member, (it) => it.close())
  const cheats = openCheats(stage, isLieOf(stage.seed)).then((all) => all.map(closing))
  // A node serves registered models only.
  const honest = cheats.then(() => openHonest(stage)).then(closing)
  return [...(await cheats), await honest]
}

/** The challenger, as a program of its own, and where its inbox is. */
interface Challenger {
  readonly address: string
  readonly client: Client
  readonly inbox: string
  readonly metrics: string
  readonly program: Program
}

async function openChallenger(stage: Stage, opened: Opened): Promise<Challenger> {
  const { chain, folder } = stage
  const wallet = walletOf(stage, "challenger")
  const client = await chain.admit(wallet, 0n)
  const [inboxPort, metricsPort] = [await freePort(), await freePort()]
  const config = challengerConfig({ chain, inboxPort, metricsPort })
  const program = new Program("challenger", folder, config, { SENDING_KEY: wallet.privateKey })
  opened.add("challenger", program, (it) => it.stop())
  const [inbox, operations] = [`http://127.0.0.1:${inboxPort}`, `http://127.0.0.1:${metricsPort}`]
  await program.ready(`${operations}/readyz`)
  return {
    address: wallet.address,
    client,
    inbox: `${inbox}/v1/receipts`,
    metrics: `${operations}/metrics`,
    program,
  }
}

/** One tour, from the first question to the last payment. */
class Tour {
  readonly #stage: Stage
  readonly #members: readonly Member[]
  readonly #challenger: Challenger
  readonly #listener: Listener
  #sold: readonly Sold[] = []
  #consumer!: Client
  #chronicle!: Chronicle

  constructor(stage: Stage, members: readonly Member[], challenger: Challenger, listener: Listener) {
    this.#stage = stage
    this.#members = members
    this.#challenger = challenger
    this.#listener = listener
  }

  async play(): Promise<Report> {
    const consumer = walletOf(this.#stage, "consumer")
    this.#consumer = await this.#stage.chain.admit(consumer, 0n)
    this.#chronicle = await Chronicle.open(this.#challenger.client, this.#challenger.address)
    const parts = {
      chain: this.#stage.chain,
      members: this.#members,
      challenger: this.#challenger,
      consumer: consumer.address,
      chronicle: this.#chronicle,
    }
    const report = await reportOf(parts)
    await this.#sell(consumer.address)
    await this.#wait()
    return report(this.#sold)
  }

  /** Every provider answers and anchors; consumers hand what nobody lists to the challenger. */
  async #sell(consumer: string): Promise<void> {
    const sold = new Map<string, Sold>()
    for (const member of this.#members)
      for (const [question, image] of pictures().entries())
        // Who asks again gets the same again, but for one provider.
        for (let time = 0; time < 2; time++) {
          const one = await this.#sellOne(member, question, image, consumer)
          sold.set(one.receiptId, sold.get(one.receiptId) ?? one)
        }
    this.#sold = [...sold.values()]
    this.#listener.sold(this.#sold)
    for (const { provider } of this.#members) await provider?.anchor()
    for (const { member, bundle } of this.#sold)
      if (!member.isListed || member.lie?.omits === true) await this.#handIn(member, bundle)
  }

  async #sellOne(member: Member, question: number, image: Float32Array, consumer: string): Promise<Sold> {
    const { seed, model, chain } = this.#stage
    const requestId = requestOf(seed, member.name, question)
    const wish = { consumer, requestId, coverage: TOKEN, window: WINDOW, anchorWithin: ANCHOR_WITHIN }
    const bundle = await ask(member.url, MODEL_NAME, model.program, { image }, wish)
    const { registry, receipt } = bundle.signed
    return {
      member,
      number: question + 1,
      receiptId: receiptId(registry, receipt),
      bundle,
      asked: { seconds: this.#chronicle.seconds, ...(await chain.now()) },
      isLie: member.lie !== undefined && isLieOf(seed)(member.name, requestId),
    }
  }

  async #handIn({ url }: Member, bundle: Bundle): Promise<void> {
    const body = encodeBundle(await withPlace(url, bundle))
    const headers = { "content-type": "application/json" }
    const response = await fetch(this.#challenger.inbox, { method: "POST", headers, body })
    await response.body?.cancel()
  }

  /** Lets time pass until everybody has been paid, or nothing happens any more. */
  async #wait(): Promise<void> {
    const { chain } = this.#stage
    const { client, program, metrics } = this.#challenger
    const chronicle = this.#chronicle
    const clock = new Clock({
      chain,
      chronicle,
      others: () => this.#unanchored(),
      maturityOf: async (payoutId) => Number((await client.onus.payout(payoutId)).maturesAt),
    })
    await play({
      chronicle,
      clock,
      providers: this.#members.flatMap(({ provider }) => (provider ? [provider] : [])),
      longest: LONGEST,
      progress: () => judgedBy(metrics),
      isCaught: () => this.#isAllCaught(),
      isOver: () => this.#isAllCaught() && isSettled(chronicle),
      heard: async (events, jump) => {
        program.requireAlive()
        for (const event of events) this.#tell(event)
        if (jump) this.#listener.jumped(jump)
        await this.#collect()
      },
    })
  }

  #tell(event: Event): void {
    const affair = this.#chronicle.affairOf(event)
    const sold = this.#sold.find(({ receiptId }) => receiptId === affair?.receiptId)
    this.#listener.happened(event, sold)
  }

  /** What consumers know of: their answers that were to be anchored, and are not. */
  #unanchored(): readonly Deadline[] {
    return this.#sold.flatMap(({ member, isLie, bundle }) => {
      if (!isLie || member.lie?.omits !== true) return []
      const { anchorBy } = bundle.signed.receipt
      return [{ what: "an answer was to be anchored", time: Number(anchorBy), block: 0 }]
    })
  }

  get #lies(): readonly Member[] {
    return this.#members.filter(({ lie }) => lie !== undefined)
  }

  #isAllCaught(): boolean {
    return this.#lies.every((member) =>
      this.#sold.some(
        (sold) => sold.member === member && this.#chronicle.affairs.get(sold.receiptId)?.conviction,
      ),
    )
  }

  /** The consumer takes what it is owed, as soon as it can. */
  readonly #collected = new Set<string>()
  async #collect(): Promise<void> {
    for (const { receiptId, bundle } of this.#sold) {
      const conviction = this.#chronicle.affairs.get(receiptId)?.conviction
      if (!conviction || this.#collected.has(receiptId) || !this.#chronicle.paid.has(conviction.payoutId))
        continue
      this.#collected.add(receiptId)
      const { receipt } = bundle.signed
      try {
        const shares =
          conviction.restitution > 0n ? (["restitution", "burnable"] as const) : (["burnable"] as const)
        await claim(this.#consumer, conviction.payoutId, { receipt, shares })
      } catch (error) {
        if (!isOnusError(error)) throw error
      }
    }
  }
}

/** The pictures that are asked about. */
function pictures(): readonly Float32Array[] {
  const folder = join(ROOT, "models", "samples")
  const files = readdirSync(folder).filter((name) => name.endsWith(".png"))
  return files
    .toSorted()
    .slice(0, QUESTIONS)
    .map((name) => digitFromPng(readFileSync(join(folder, name))))
}
