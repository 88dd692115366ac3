import { engine } from "../../src/engine/engine.ts"
import { nodeQuestion } from "../../src/engine/audit/game/question.ts"
import { DIRECT } from "../../src/protocol/batch.ts"
import { Space } from "../../src/protocol/program.ts"
import { burnFee, mostFee } from "../../src/sdk/burn-fee.ts"
import { claim } from "../../src/sdk/claim.ts"
import { convictEquivocation, convictWrongExecution } from "../../src/sdk/convict.ts"
import { convictWithheld } from "../../src/sdk/game/convict.ts"
import { type Accused, openCourt } from "../../src/sdk/game/court.ts"
import { demand } from "../../src/sdk/game/demand.ts"
import { settle } from "../../src/sdk/game/settle.ts"
import { claimOmission } from "../../src/sdk/omission/claim.ts"
import { convictOmission } from "../../src/sdk/omission/convict.ts"
import { release } from "../../src/sdk/release.ts"
import { openBundle, reexecute } from "../../src/sdk/verify.ts"
import { equivocation, omission, withheldTrace } from "../../src/tour/provider/lies.ts"
import type { Provider, Told } from "../../src/tour/provider/provider.ts"
import { otherDigit } from "./lies.ts"
import { DAY, HOUR, type Person, Stage, bundleIn } from "./stage.ts"

/** Times that providers answer, anchor and are released before anything goes wrong. */
const ROUNDS = 4

/** What a history leaves: a chain that goes on, and what pages can show of it. */
export interface History {
  readonly stage: Stage
  /** Providers by name. */
  readonly providers: Readonly<Record<"ada" | "bob" | "cyn" | "dan" | "eve" | "fay", Provider>>
  /** Receipts that are worth looking at. */
  readonly receipts: Readonly<Record<"honest" | "direct" | "wrong" | "open", Told>>
  readonly challenger: Person
  /** Has the provider show what the open dispute asks for. */
  readonly answerOpen: () => Promise<void>
  /** Has the challenger prove the wrong number in it. */
  readonly convictOpen: () => Promise<void>
}

/**
 * Plays a history on a local chain: weeks of honest answers, one in vain disputed, a wrong number, two answers to one request, a trace that
 * nobody shows, a signature that is never anchored, and a dispute that is still open at its end.
 */
export async function playHistory(): Promise<History> {
  const stage = await Stage.open()
  const plot = await Plot.open(stage)
  for (let round = 0; round < ROUNDS; round++) await plot.round(round)
  await plot.faults()
  return plot.end()
}

class Plot {
  readonly #stage: Stage
  readonly #providers: History["providers"]
  readonly #consumers: readonly Person[]
  readonly #challengers: readonly Person[]
  readonly #executor = engine()
  #wrong!: Told

  private constructor(
    stage: Stage,
    providers: History["providers"],
    consumers: readonly Person[],
    challengers: readonly Person[],
  ) {
    this.#stage = stage
    this.#providers = providers
    this.#consumers = consumers
    this.#challengers = challengers
  }

  static async open(stage: Stage): Promise<Plot> {
    const providers = {
      ada: await stage.provider("Ada", "https://ada.example/onus.json", 4_000n),
      bob: await stage.provider("Bob", "https://bob.example/onus.json", 2_000n),
      cyn: await stage.provider("Cyn", "https://cyn.example/onus.json", 1_500n),
      dan: await stage.provider("Dan", "javascript:alert('Dan')", 1_200n),
      eve: await stage.provider("Eve", '<img src="x" onerror="alert(1)">', 800n),
      fay: await stage.provider("Fay", "https://fay.example/onus.json", 300n),
    }
    const consumers = [
      await stage.person("consumer 1"),
      await stage.person("consumer 2"),
      await stage.person("consumer 3"),
    ]
    const challengers = [await stage.person("challenger 1"), await stage.person("challenger 2")]
    return new Plot(stage, providers, consumers, challengers)
  }

  /** A week of honest answers; what is asked about two of them, their provider shows. */
  async round(round: number): Promise<void> {
    const { ada, bob, cyn, dan } = this.#providers
    const told = new Map<Provider, Told[]>()
    for (const [provider, times] of [
      [ada, 6],
      [bob, 3 + (round % 2)],
      [cyn, 3],
      [dan, 2],
    ] as const) {
      const answers: Told[] = []
      for (let time = 0; time < times; time++) answers.push(await this.#ask(provider, round + time))
      await provider.anchor()
      told.set(provider, answers)
    }
    await this.#doubtInVain(told.get(ada)![0], ada, this.#challengers[round % 2])
    if (round % 2 === 1) await this.#doubtInVain(told.get(bob)![0], bob, this.#challengers[0])
    await this.#stage.pass(8 * DAY)
    for (const [provider, answers] of told) {
      for (const payer of [this.#consumers[round % 3], this.#consumers[(round + 1) % 3]])
        await this.#burn(payer, provider)
      await this.#release(answers)
    }
  }

  #ask(provider: Provider, number: number, lie?: Parameters<Stage["ask"]>[1]["lie"]): Promise<Told> {
    const consumer = this.#consumers[number % this.#consumers.length]
    return this.#stage.ask(provider, { consumer, coverage: 20n, window: 7, ...(lie ? { lie } : {}) })
  }

  async #burn({ client, address }: Person, { address: provider }: Provider): Promise<void> {
    const subject = { provider, modelId: this.#stage.program.modelId }
    const most = await mostFee(client, address, subject)
    if (most > 0n) await burnFee(client, address, subject, most)
  }

  async #release(answers: readonly Told[]): Promise<void> {
    const placed = answers.flatMap(({ entry, place }) =>
      place === undefined
        ? []
        : [{ receipt: entry.signed.receipt, ...(place === "direct" ? {} : { inclusion: place }) }],
    )
    await release(this.#consumers[0].client, placed)
  }

  #accused({ entry, place }: Told): Accused {
    const inclusion = place === "direct" ? undefined : place
    return { receipt: entry.signed.receipt, inclusion, header: this.#stage.program.header }
  }

  get #question() {
    return nodeQuestion(Space.Trace, this.#stage.program.header.traceDepth, 0)
  }

  /** Asks for the top of a trace. @returns the event that says so. */
  async #demand(told: Told, { client }: Person) {
    const court = await openCourt(client)
    const move = { kind: "demandNode", question: this.#question } as const
    const sent = await demand(court, this.#accused(told), this.#stage.program, move)
    const logs = sent.receipt.logs.map((log) => court.judge.interface.parseLog(log))
    const event = logs.find((log) => log?.name === "Demanded")!
    return { name: event.name, args: event.args.toObject() }
  }

  async #doubtInVain(told: Told, provider: Provider, challenger: Person): Promise<void> {
    const asked = await this.#demand(told, challenger)
    await this.#stage.pass(HOUR)
    await provider.defend([asked])
  }

  /** Everything that goes wrong, and what it costs. */
  async faults(): Promise<void> {
    await this.#wrongNumber()
    await this.#twoAnswers()
    await this.#silence()
    await this.#neverAnchored()
  }

  async #wrongNumber(): Promise<void> {
    const { bob } = this.#providers
    const [challenger] = this.#challengers
    const truth = await this.#ask(bob, 0)
    this.#wrong = await this.#ask(bob, 1, otherDigit)
    await bob.anchor()
    await this.#stage.pass(5 * HOUR)
    const payoutId = await this.#prove(this.#wrong, challenger)
    await this.#stage.pass(4 * DAY)
    await claim(challenger.client, payoutId, { receipt: this.#wrong.entry.signed.receipt })
    await this.#stage.pass(4 * DAY)
    await this.#release([truth])
  }

  /** Computes an answer again, and convicts its provider of the first wrong number. @returns the id of the payout. */
  async #prove(told: Told, { client }: Person): Promise<string> {
    const { signed, inclusion, ...bundle } = bundleIn(told)
    const opened = openBundle(this.#stage.program, { signed, ...bundle })
    const { fault } = await reexecute(this.#executor, opened)
    const { payoutId } = await convictWrongExecution(client, signed, opened, fault!, inclusion)
    return payoutId
  }

  async #twoAnswers(): Promise<void> {
    const { cyn } = this.#providers
    const [consumer] = this.#consumers
    const asking = { consumer, coverage: 20n, window: 7 }
    const first = await this.#stage.ask(cyn, { ...asking, lie: equivocation })
    const second = await this.#stage.askAgain(cyn, first, asking)
    await cyn.anchor()
    await this.#stage.pass(HOUR)
    const inclusion = first.place === "direct" ? DIRECT : first.place
    await convictEquivocation(consumer.client, first.entry.signed, second.entry.signed, inclusion)
  }

  async #silence(): Promise<void> {
    const { dan } = this.#providers
    const [, challenger] = this.#challengers
    const hidden = await this.#ask(dan, 2, withheldTrace)
    await dan.anchor()
    await this.#stage.passTo(await this.#demand(hidden, challenger))
    const court = await openCourt(challenger.client)
    await convictWithheld(court, this.#accused(hidden), this.#question)
    await settle(court, this.#accused(hidden), this.#question)
  }

  async #neverAnchored(): Promise<void> {
    const { eve } = this.#providers
    const [, , { client }] = this.#consumers
    const signed = [await this.#ask(eve, 2, omission), await this.#ask(eve, 2, omission)].map(
      ({ entry }) => entry.signed,
    )
    await this.#stage.pass(2 * HOUR)
    await claimOmission(client, signed[0])
    await this.#stage.pass(DAY + HOUR)
    await convictOmission(client, signed[0])
    await claimOmission(client, signed[1])
  }

  /** Answers that can be challenged still, and a dispute that is open. */
  async end(): Promise<History> {
    const { ada, bob, dan, fay } = this.#providers
    const [challenger] = this.#challengers
    const [consumer] = this.#consumers
    await this.#ask(fay, 0)
    await fay.anchor()
    const honest = await this.#ask(ada, 1)
    for (let number = 0; number < 5; number++) await this.#ask(ada, number)
    await ada.anchor()
    await this.#ask(bob, 0)
    await bob.anchor()
    const direct = await this.#stage.ask(ada, { consumer, coverage: 100n, window: 10 })
    await ada.attestLast()
    const open = await this.#ask(dan, 0, otherDigit)
    await dan.anchor()
    const asked = await this.#demand(open, challenger)
    await this.#stage.pass(HOUR / 2)
    await this.#stage.settle()
    return {
      stage: this.#stage,
      providers: this.#providers,
      receipts: { honest, direct, wrong: this.#wrong, open },
      challenger,
      answerOpen: async () => void (await dan.defend([asked])),
      convictOpen: async () => void (await this.#prove(open, challenger)),
    }
  }
}
