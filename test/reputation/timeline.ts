import { expect } from "chai"
import { toBeHex } from "ethers"
import { standing } from "../../src/protocol/reputation.ts"
import { generator } from "../engine/operators/differential/spec.ts"
import { CAP, DAY, ExactProvider, type ExactMemory, ONE } from "./exact.ts"
import { type Group, MIN_STAKE, MODELS, MOMENTS, PAYERS, drawGap, drawGroups } from "./histories.ts"
import type { Logged, Reading, Stage } from "./stage.ts"

/** Histories that share their time, so that one transaction plays a step of each. */
const HISTORIES = 24
const WAD = 10n ** 18n
/** From the exact format to WAD. */
const TO_WAD = ONE / WAD
/** Units of mass by which the contract may be wrong per step: roundings of two masses and of what payers gave. */
const SLACK_PER_STEP = 6n
/** What the exact model leaves to its own rounding: 1e-30. */
const DUST = ONE / 10n ** 30n

/** A provider on the chain and in the model. */
class Actor {
  readonly group: Group
  readonly provider: string
  readonly exact = new ExactProvider(MIN_STAKE, MODELS)
  /** What was logged last, over all models and for each. */
  overall?: Logged["providerMass"]
  readonly byModel = new Map<number, Logged["modelMass"]>()

  constructor(group: Group, provider: string) {
    this.group = group
    this.provider = provider
  }

  /** Units of mass by which the contract may be wrong by now. */
  get slack(): bigint {
    return SLACK_PER_STEP * BigInt(this.exact.steps + 1)
  }
}

const within = (actual: bigint, expected: bigint, tolerance: bigint): boolean =>
  actual >= expected - tolerance && actual <= expected + tolerance

/** Plays some histories in the contract and in the exact model beside each other. */
export class Timeline {
  readonly #stage: Stage
  readonly #number: number
  readonly #groups: { readonly group: Group; readonly actors: Actor[] }[] = []
  /** How many comparisons were made. */
  checks = 0

  constructor(stage: Stage, number: number) {
    this.#stage = stage
    this.#number = number
    const groups = drawGroups(generator("reputation groups", number), HISTORIES)
    let next = (BigInt(number) + 1n) << 32n
    for (const group of groups) {
      const actors = Array.from({ length: group.size }, () => new Actor(group, toBeHex(next++, 20)))
      this.#groups.push({ group, actors })
    }
  }

  get histories(): number {
    return this.#actors.length
  }

  get #actors(): Actor[] {
    return this.#groups.flatMap(({ actors }) => actors)
  }

  async run(): Promise<void> {
    const random = generator("reputation", this.#number)
    let time = await this.#stage.now()
    for (let moment = 0; moment < MOMENTS; moment++) {
      time += drawGap(random)
      const moves = this.#groups.flatMap(({ group, actors }) =>
        group.draw(random, moment).map((move) => ({ move, actor: actors[move.who] })),
      )
      for (const actor of this.#actors) actor.exact.advance(time)
      for (const { move, actor } of moves) actor.exact.play(move)
      const steps = moves.map(({ move, actor }) => ({ ...move, provider: actor.provider.toLowerCase() }))
      this.#note(await this.#stage.play(time, steps))
      await this.#check(time, moment)
    }
  }

  #note(logs: readonly Logged[]): void {
    const actors = new Map(this.#actors.map((actor) => [BigInt(actor.provider), actor]))
    for (const { provider, model, providerMass, modelMass } of logs) {
      const actor = actors.get(BigInt(provider))!
      actor.overall = providerMass
      actor.byModel.set(model, modelMass)
    }
  }

  async #check(time: bigint, moment: number): Promise<void> {
    // One model and one payer at a moment: all providers of a group are compared with the same.
    const [model, payer] = [moment % MODELS, (moment * 5) % PAYERS]
    const actors = this.#actors
    const readings = await this.#stage.read(actors.map(({ provider }) => ({ provider, model, payer })))
    const of = new Map(actors.map((actor, i) => [actor, readings[i]]))
    for (const [actor, reading] of of) {
      const where = this.#where(actor, moment)
      this.#compare(actor, reading, time, where)
      this.#checkKind(actor, reading, where)
    }
    for (const { group, actors } of this.#groups) {
      const where = this.#where(actors[0], moment)
      for (const { least, most } of group.order) this.#compareOrder(actors[least], actors[most], of, where)
    }
  }

  /** The contract beside the exact model, and what the logged masses say. */
  #compare(actor: Actor, reading: Reading, time: bigint, where: string): void {
    const { exact, slack } = actor
    const { overall, byModel, model, payer, mostFee } = reading
    const memory = exact.byModel[model]
    expect(overall.mass.updatedAt, where).to.equal(time)
    this.#compareStanding(exact.overall, overall, exact.score(), slack, where)
    this.#compareStanding(memory, byModel, exact.score(model), slack, `${where}, model ${model}`)
    const rooms = [exact.overall.room(payer), memory.room(payer)].map((room) => room / ONE)
    const room = rooms[0] > rooms[1] ? rooms[0] : rooms[1]
    const units = (mostFee * 500n * DAY) / MIN_STAKE
    this.#holds(within(units, room, slack), `${where}: payer ${payer} may buy ${units}, not ${room}`)
    if (!actor.overall) return
    const twin = standing(actor.overall, time)
    this.#compareTwin(twin, overall, where)
    const logged = actor.byModel.get(model)
    if (logged) this.#compareTwin(standing(logged, time, twin.score), byModel, where)
  }

  #compareStanding(
    exact: ExactMemory,
    actual: Reading["overall"],
    score: bigint,
    slack: bigint,
    where: string,
  ): void {
    for (const name of ["seasoned", "exposure", "slashed", "allowance"] as const) {
      const expected = exact[name] / ONE
      const text = `${where}: ${name} is ${actual.mass[name]}, not ${expected}`
      this.#holds(within(actual.mass[name], expected, slack), text)
    }
    // One unit of mass is at most a billionth of a score, of that of a model two.
    const tolerance = 2n * slack * 10n ** 9n
    this.#holds(within(actual.score, score / TO_WAD, tolerance), `${where}: score ${actual.score}`)
    this.#holds(within(actual.uncertainty, exact.uncertainty / TO_WAD, tolerance), `${where}: uncertainty`)
    this.#holds(actual.score >= 0n && actual.score < WAD, `${where}: score ${actual.score}`)
    const { exposure } = actual.mass
    expect(actual.scored, where).to.equal(exposure > 0n)
    if (exposure <= slack) return
    const loss = (2n * slack * WAD) / (exposure - slack) + 1n
    this.#holds(within(actual.lossRatio, exact.lossRatio / TO_WAD, loss), `${where}: loss ratio`)
  }

  /** One unit of mass, if the floating-point numbers fall on its other side. */
  #compareTwin(twin: ReturnType<typeof standing>, actual: Reading["overall"], where: string): void {
    const gap = (value: number, wad: bigint): number => Math.abs(value - Number(wad) / 1e18)
    this.#holds(gap(twin.score, actual.score) < 2.1e-9, `${where}: twin's score ${twin.score}`)
    this.#holds(gap(twin.uncertainty, actual.uncertainty) < 1.1e-9, `${where}: twin's uncertainty`)
    const few = 2.1 / Math.max(1, Number(actual.mass.exposure))
    this.#holds(gap(twin.lossRatio, actual.lossRatio) < few + 1e-12, `${where}: twin's loss ratio`)
  }

  /** What holds for one provider by itself. */
  #checkKind({ group, exact }: Actor, { overall, byModel }: Reading, where: string): void {
    const nothing = overall.score === 0n && byModel.score === 0n
    if (group.kind === "self-traffic") this.#holds(nothing, `${where}: a score without fees`)
    if (group.kind !== "one payer") return
    const { seasoned, allowance } = overall.mass
    this.#holds((seasoned + allowance) * ONE <= CAP, `${where}: more than a payer may give`)
    this.#holds(overall.score <= WAD / 3n, `${where}: one payer, score ${overall.score}`)
    this.#holds(byModel.score <= (5n * WAD) / 9n, `${where}: one payer, score ${byModel.score} by model`)
    this.#holds(exact.score() <= ONE / 3n, `${where}: one payer in the model`)
  }

  /** That `least` scores at least what `most` does, over all models and with each. */
  #compareOrder(least: Actor, most: Actor, of: Map<Actor, Reading>, where: string): void {
    const slack = 2n * (least.slack + most.slack) * 10n ** 9n
    const [a, b] = [of.get(least)!, of.get(most)!]
    this.#holds(a.overall.score + slack >= b.overall.score, `${where}: score over all`)
    this.#holds(a.byModel.score + slack >= b.byModel.score, `${where}: score with model ${a.model}`)
    for (const model of [undefined, ...Array(MODELS).keys()]) {
      const holds = least.exact.score(model) + DUST >= most.exact.score(model)
      this.#holds(holds, `${where}: exact score with model ${model}`)
    }
  }

  #where({ group, provider }: Actor, moment: number): string {
    return `timeline ${this.#number}, moment ${moment}, ${group.kind}, ${provider}`
  }

  #holds(condition: boolean, what: string): void {
    this.checks++
    if (!condition) expect.fail(what)
  }
}
