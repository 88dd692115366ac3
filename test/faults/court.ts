import { readFileSync } from "node:fs"
import { expect } from "chai"
import { MaxUint256, type Signer, ZeroHash, id } from "ethers"
import { network } from "hardhat"
import { type Connection, type DeployOptions, deploy } from "../../scripts/deploy/deploy.ts"
import type { Execution } from "../../src/engine/executor.ts"
import { loadOnnx } from "../../src/engine/onnx/load.ts"
import { lower } from "../../src/engine/program/lower.ts"
import type { Program } from "../../src/engine/program/program.ts"
import { type Commitment, commit } from "../../src/engine/trace/commitment.ts"
import { DIRECT, type Inclusion } from "../../src/protocol/batch.ts"
import { isOnusError } from "../../src/protocol/errors.ts"
import type { Receipt, Registry } from "../../src/protocol/receipt.ts"
import { traceCommitment } from "../../src/protocol/trace.ts"
import { prepareBatch } from "../../src/sdk/anchor.ts"
import { call } from "../../src/sdk/errors.ts"
import { type Modules, modulesOf } from "../../src/sdk/modules.ts"
import {
  type DemoToken,
  type Onus,
  type WrongExecution,
  WrongExecution__factory,
} from "../../types/contracts/index.js"

/** `Fault.WrongExecution`. */
export const WRONG_EXECUTION = 1
const UNIT = 10n ** 18n
const COVERAGE = UNIT
const STAKE = 1_000n * UNIT

export const DIGITS = lower(loadOnnx(readFileSync(new URL("../../models/digits.onnx", import.meta.url))))

/** An answer that has collateral, with everything behind it. */
export interface Attested {
  readonly receipt: Receipt
  readonly run: Execution
  readonly commitment: Commitment
}

/** Everything a conviction could move, in token units. */
export type Money = Record<string, bigint>

/** A chain with the registry, the digit model, two providers with stake, a consumer and a challenger. */
export class Court {
  readonly connection: Connection
  readonly onus: Onus
  readonly token: DemoToken
  readonly judge: WrongExecution
  readonly registry: Registry
  readonly providers: readonly Signer[]
  readonly consumer: Signer
  readonly challenger: Signer
  /** Accounts that nothing else is known of. */
  readonly strangers: readonly Signer[]
  /** As the first account sees them. */
  readonly modules: Modules
  readonly #registered = new Set<string>()
  #requests = 0

  private constructor(
    connection: Connection,
    onus: Onus,
    token: DemoToken,
    judge: WrongExecution,
    registry: Registry,
    people: readonly Signer[],
  ) {
    this.connection = connection
    this.onus = onus
    this.modules = modulesOf(onus)
    this.token = token
    this.judge = judge
    this.registry = registry
    this.providers = people.slice(1, 3)
    this.consumer = people[3]
    this.challenger = people[4]
    this.strangers = people.slice(5)
  }

  static async open(connection?: Connection, options?: DeployOptions): Promise<Court> {
    const chain = connection ?? (await network.create())
    const { onus, token, addresses } = await deploy(chain, options)
    const judge = WrongExecution__factory.connect(addresses.WrongExecution, onus.runner)
    const { chainId } = await chain.ethers.provider.getNetwork()
    const registry = { chainId, address: await onus.getAddress() }
    const court = new Court(chain, onus, token, judge, registry, await chain.ethers.getSigners())
    for (const provider of court.providers) await court.#admit(provider)
    await court.register(DIGITS)
    return court
  }

  async #admit(provider: Signer): Promise<void> {
    await this.token.mint(await provider.getAddress(), STAKE)
    await this.token.connect(provider).approve(this.onus, MaxUint256)
    await (await this.modules.providers()).connect(provider).register("https://provider.example")
    await this.onus.connect(provider).deposit(STAKE)
  }

  /** Makes a model known, if it is not yet. */
  async register(program: Program): Promise<void> {
    if (this.#registered.has(program.modelId)) return
    this.#registered.add(program.modelId)
    await (await this.modules.models()).registerModel(program.header, "https://onus.example/model.onnx")
  }

  /** Commits to a run, as its provider would, and puts collateral behind the receipt. */
  async attest(run: Execution, options: AttestOptions = {}): Promise<Attested> {
    const { provider = this.providers[0], commitment = commit(run) } = options
    const receipt = await this.#receiptOf(run, { ...options, provider, commitment })
    await this.onus.connect(provider).attest(receipt)
    return { receipt, run, commitment: commitment as Commitment }
  }

  /** As {@link attest}, but in a batch with others that promise the same. */
  async anchor(run: Execution, options: AttestOptions = {}): Promise<Attested & { inclusion: Inclusion }> {
    const { provider = this.providers[0], commitment = commit(run) } = options
    const receipts: Receipt[] = []
    for (let i = 0; i < 3; i++)
      receipts.push(await this.#receiptOf(run, { ...options, provider, commitment }))
    const { batch, inclusions } = prepareBatch({ registry: this.registry }, receipts)
    await this.onus.connect(provider).anchor(batch)
    return { receipt: receipts[1], inclusion: inclusions[1], run, commitment: commitment as Commitment }
  }

  async #receiptOf(
    run: Execution,
    {
      provider,
      commitment,
      program = run.program,
      registry = this.registry,
      ...changes
    }: AttestOptions & Required<Pick<AttestOptions, "provider" | "commitment">>,
  ): Promise<Receipt> {
    const context = {
      provider: await provider.getAddress(),
      consumer: await this.consumer.getAddress(),
      modelId: program.modelId,
      requestId: changes.requestId ?? id(`request ${this.#requests++}`),
    }
    const issuedAt = BigInt(await this.connection.networkHelpers.time.latest())
    return {
      inputCommitment: commitment.inputRoot,
      outputCommitment: commitment.outputRoot,
      traceCommitment: traceCommitment(registry, context, commitment.traceRoot),
      coverage: COVERAGE,
      issuedAt,
      anchorBy: issuedAt + 3600n,
      challengeWindow: 3600n,
      termsHash: ZeroHash,
      ...changes,
      ...context,
    }
  }

  /** What the registry would say: `Guilty`, `NotGuilty`, or the name of the error about the proof. */
  async verdict({ receipt }: Pick<Attested, "receipt">, evidence: string): Promise<string> {
    const { convict } = this.onus.connect(this.challenger)
    return outcome(convict.staticCall(WRONG_EXECUTION, receipt, DIRECT, evidence))
  }

  /** Sends a conviction. */
  convict({ receipt }: Pick<Attested, "receipt">, evidence: string, gasLimit = 16_000_000) {
    const { convict } = this.onus.connect(this.challenger)
    return convict(WRONG_EXECUTION, receipt, DIRECT, evidence, { gasLimit })
  }

  /** Sends a conviction that must fail and move no money; returns the name of the error. */
  async refusal(accused: Pick<Attested, "receipt">, evidence: string, gasLimit?: number): Promise<string> {
    const before = await this.money()
    const name = await outcome(this.convict(accused, evidence, gasLimit))
    expect(name).not.to.equal("Guilty")
    expect(await this.money()).to.deep.equal(before)
    return name
  }

  async money(): Promise<Money> {
    const money: Money = {}
    for (const [number, provider] of this.providers.entries()) {
      const { active, locked } = await this.onus.account(provider)
      Object.assign(money, { [`active ${number}`]: active, [`locked ${number}`]: locked })
    }
    for (const person of [this.consumer, this.challenger, ...this.providers, this.onus]) {
      const address = await person.getAddress()
      money[address] = await this.token.balanceOf(address)
    }
    return money
  }
}

async function outcome(action: Promise<unknown>): Promise<string> {
  try {
    await call(action)
    return "Guilty"
  } catch (error) {
    if (isOnusError(error)) return error.code
    throw error
  }
}

/** How an attestation differs from an honest one of the first provider. */
export interface AttestOptions extends Partial<Omit<Receipt, "provider">> {
  readonly provider?: Signer
  /** What the provider commits to instead of its run. */
  readonly commitment?: Omit<Commitment, "open"> & Partial<Pick<Commitment, "open">>
  readonly program?: Program
  /** What the trace is bound to. */
  readonly registry?: Registry
}
