import { toBeHex } from "ethers"
import { network } from "hardhat"
import type { IReputation, Reputation, ReputationHarness } from "../../types/contracts/index.js"
import type { Step } from "./exact.ts"
import { MIN_STAKE, PAYERS } from "./histories.ts"

type Connection = Awaited<ReturnType<typeof network.create>>

/** There is another one in the registry's own inheritance. */
export const REPUTATION = "contracts/core/Reputation.sol:Reputation"
/** More than steps take; an estimate would take longer than the steps. */
const GAS = 16_000_000
const KINDS = { credit: 0, damage: 1, fee: 2 } as const

/** A provider with one of its models. */
interface Subject {
  readonly provider: string
  readonly model: number
}

/** What is asked of the contract. */
export interface Query extends Subject {
  readonly payer: number
}

/** What the contract says of it. */
export interface Reading extends Query {
  readonly overall: IReputation.StandingStructOutput
  readonly byModel: IReputation.StandingStructOutput
  /** In token units. */
  readonly mostFee: bigint
}

/** Masses that were logged. */
export interface Logged extends Subject {
  readonly providerMass: IReputation.MassStructOutput
  readonly modelMass: IReputation.MassStructOutput
}

const modelId = (model: number): string => toBeHex(model, 32)

/** The contract with a registry and payers that do what they are told. */
export class Stage {
  readonly #connection: Connection
  readonly reputation: Reputation
  readonly #harness: ReputationHarness

  private constructor(connection: Connection, reputation: Reputation, harness: ReputationHarness) {
    this.#connection = connection
    this.reputation = reputation
    this.#harness = harness
  }

  static async open(): Promise<Stage> {
    const connection = await network.create()
    const { ethers } = connection
    const token = await ethers.deployContract("DemoToken")
    const reputation = (await ethers.deployContract(REPUTATION, [token, MIN_STAKE])) as unknown as Reputation
    const harness = await ethers.deployContract("ReputationHarness", [reputation, PAYERS])
    return new Stage(connection, reputation, harness)
  }

  now(): Promise<bigint> {
    return this.#connection.networkHelpers.time.latest().then(BigInt)
  }

  /** Plays steps of providers at a time. @returns the masses that were logged, in order. */
  async play(time: bigint, steps: readonly (Step & { readonly provider: string })[]): Promise<Logged[]> {
    await this.#connection.networkHelpers.time.setNextBlockTimestamp(time)
    const plays = steps.map((step) => ({ ...step, kind: KINDS[step.kind], modelId: modelId(step.model) }))
    const response = await this.#harness.play(plays, { gasLimit: GAS })
    const receipt = await response.wait()
    return receipt!.logs.flatMap((log) => {
      const event = this.reputation.interface.parseLog(log)
      if (event?.name !== "ReputationUpdated") return []
      const { provider, modelId, providerMass, modelMass } = event.args as unknown as Logged & {
        readonly modelId: string
      }
      return [{ provider, model: Number(modelId), providerMass, modelMass }]
    })
  }

  /** What the contract says now. */
  async read(queries: readonly Query[]): Promise<Reading[]> {
    const mass = { seasoned: 0, exposure: 0, slashed: 0, updatedAt: 0, allowance: 0, cuts: 0 }
    const empty = { scored: false, score: 0, uncertainty: 0, lossRatio: 0, mass }
    const readings = await this.#harness.read(
      queries.map(({ provider, model, payer }) => {
        return { provider, modelId: modelId(model), payer, overall: empty, byModel: empty, mostFee: 0 }
      }),
    )
    return readings.map(({ overall, byModel, mostFee }, i) => ({ ...queries[i], overall, byModel, mostFee }))
  }

  close(): Promise<void> {
    return this.#connection.close()
  }
}
