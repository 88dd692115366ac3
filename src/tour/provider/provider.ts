import { type Result, type Wallet, ZeroHash } from "ethers"
import type { Draw } from "../../engine/audit/sample.ts"
import type { Executor } from "../../engine/executor.ts"
import type { Program } from "../../engine/program/program.ts"
import { DIRECT, type Inclusion } from "../../protocol/batch.ts"
import { OnusError, isOnusError } from "../../protocol/errors.ts"
import { type Receipt, receiptId, requestKey, signReceipt } from "../../protocol/receipt.ts"
import { Role } from "../../protocol/role.ts"
import { traceCommitment } from "../../protocol/trace.ts"
import { inputRootOf } from "../../pool/inputs.ts"
import type { Issued } from "../../provider/issue/issuer.ts"
import type { InferenceRequest } from "../../provider/issue/request.ts"
import type { Entry } from "../../provider/journal.ts"
import type { ServedModel } from "../../provider/serve/model.ts"
import { anchor, prepareBatch } from "../../sdk/anchor.ts"
import { attest } from "../../sdk/attest.ts"
import { chainTime } from "../../sdk/chain-time.ts"
import type { Client } from "../../sdk/client.ts"
import { answerDemand } from "../../sdk/game/answer.ts"
import { openCourt } from "../../sdk/game/court.ts"
import { questionOf } from "../../sdk/game/read.ts"
import { addKey } from "../../sdk/keys.ts"
import { modelRegisteredAt, registerModel } from "../../sdk/register-model.ts"
import { registerProvider } from "../../sdk/register-provider.ts"
import { deposit } from "../../sdk/stake.ts"
import { answerOmission } from "../../sdk/omission/answer.ts"
import { inputsByName } from "./inputs.ts"
import type { Lie } from "./lies.ts"
import { type Story, storyOf } from "./story.ts"

const YEAR = 365n * 86_400n

/** An answer that a provider has given, with everything that it knows of it. */
export interface Told {
  readonly entry: Entry & Required<Pick<Entry, "signed">>
  readonly program: Program
  readonly story: Story
  /** How it lied; undefined if it told the truth. */
  readonly lie: Lie | undefined
  /** Where it is anchored: in a batch, or by itself. */
  place: Inclusion | "direct" | undefined
}

/** What a provider works with. */
export interface ProviderParts {
  readonly client: Client
  /** Whose account the client is. */
  readonly address: string
  /** Signs receipts. */
  readonly key: Wallet
  readonly models: readonly ServedModel[]
  /** Makes honest runs. */
  readonly executor: Executor
  readonly draw: Draw
  /** How it lies about a request; undefined for the truth. */
  readonly lieAbout: (request: InferenceRequest) => Lie | undefined
}

/**
 * A provider that says what it wants: everything of a node but the honesty. Its answers are signed, anchored and defended like those
 * of a node; what they say is up to its lies.
 */
export class Provider {
  readonly address: string
  readonly client: Client
  readonly models: readonly ServedModel[]
  /** Everything that was signed, the oldest first. */
  readonly told: Told[] = []
  /** Batches by id, with their answers in order. */
  readonly batches = new Map<string, readonly Told[]>()
  readonly #parts: ProviderParts
  readonly #byId = new Map<string, Told>()

  constructor(parts: ProviderParts) {
    this.#parts = parts
    this.address = parts.address
    this.client = parts.client
    this.models = parts.models
  }

  get signer(): string {
    return this.#parts.key.address
  }

  /** Registers with so much stake, and says where it serves. */
  async register(uri: string, stake: bigint): Promise<void> {
    const { client, address, key } = this.#parts
    await registerProvider(client, uri)
    await deposit(client, address, stake)
    await addKey(client, key.address, (await chainTime(client)) + YEAR, Role.Sign)
  }

  /** Registers the models that nobody has registered yet. @param uriOf where the file of one is. */
  async registerModels(uriOf: (model: ServedModel) => string): Promise<void> {
    for (const model of this.models)
      if ((await modelRegisteredAt(this.client, model.program.modelId)) === 0n)
        await registerModel(this.client, model.program, uriOf(model))
  }

  /** Answers a request, in the way that the issuer of a node does. */
  async answer(request: InferenceRequest): Promise<Issued> {
    const model = this.models.find(({ program }) => program.modelId === request.modelId)
    if (!model) throw new OnusError("ModelUnknown", `Model ${request.modelId} is not served here`)
    const told = await this.#tell(model, request)
    const { entry, story } = told
    return { entry, signed: entry.signed, outputs: story.outputs, milliseconds: {} }
  }

  async #tell({ program }: ServedModel, request: InferenceRequest): Promise<Told> {
    const { executor, draw, lieAbout } = this.#parts
    const key = requestKey({ provider: this.address, ...request.wishes })
    const before = this.told.filter(({ entry }) => entry.request === key)
    const inputs = inputsByName(program, request.inputs)
    const lie = lieAbout(request)
    const asked = { program, inputs, draw }
    if (before.length > 0) {
      const other = before.length === 1 ? lie?.again?.(asked) : undefined
      return other ? this.#sign(program, request, other, lie, key) : before.at(-1)
    }
    const made = lie?.story?.(asked)
    const isLie = made !== undefined || lie?.again !== undefined || lie?.omits === true
    const story = made ?? storyOf(await executor.run(program, inputs))
    return this.#sign(program, request, story, isLie ? lie : undefined, key)
  }

  async #sign(
    program: Program,
    { inputs, wishes }: InferenceRequest,
    story: Story,
    lie: Lie | undefined,
    key: string,
  ): Promise<Told> {
    const { registry } = this.client
    const { consumer, requestId, coverage, challengeWindow, anchorWithin, termsHash } = wishes
    const trace = wishes.trace === "lazy" ? undefined : story.traceRoot
    const issuedAt = await chainTime(this.client)
    const terms = {
      provider: this.address,
      modelId: program.modelId,
      requestId,
      inputCommitment: inputRootOf(program, inputs),
      consumer,
      coverage,
      issuedAt,
      anchorBy: issuedAt + anchorWithin,
      challengeWindow,
      termsHash,
    }
    const receipt: Receipt = {
      ...terms,
      outputCommitment: story.outputRoot,
      traceCommitment: trace === undefined ? ZeroHash : traceCommitment(registry, terms, trace),
    }
    const id = receiptId(registry, receipt)
    const signed = { ...(await signReceipt(registry, receipt, this.#parts.key)), receiptId: id }
    const entry = { terms, trace: wishes.trace, inputs, request: key, signed }
    const told: Told = { entry, program, story, lie, place: undefined }
    this.told.push(told)
    this.#byId.set(id, told)
    return told
  }

  find(id: string): Told | undefined {
    return this.#byId.get(id.toLowerCase())
  }

  /** Anchors everything that it means to anchor and has not, in one batch for each model and window. */
  async anchor(): Promise<void> {
    const requests = new Set(this.told.flatMap(({ entry, place }) => (place ? [entry.request] : [])))
    const waiting = this.told.filter(({ entry, place, lie }) => {
      if (place || lie?.omits === true || requests.has(entry.request)) return false
      // Of two answers to one request, the first one.
      requests.add(entry.request)
      return true
    })
    const kinds = Map.groupBy(waiting, ({ entry }) => `${entry.terms.modelId} ${entry.terms.challengeWindow}`)
    for (const batch of kinds.values()) await this.#anchorTogether(batch)
  }

  /** Puts the last answer behind collateral of its own, if it means to anchor it. */
  async attestLast(): Promise<void> {
    const told = this.told.at(-1)
    const isFirst = this.told.find(({ entry }) => entry.request === told.entry.request) === told
    if (told.place || told.lie?.omits === true || !isFirst) return
    await attest(this.client, told.entry.signed)
    told.place = "direct"
  }

  async #anchorTogether(batch: readonly Told[]): Promise<void> {
    const prepared = prepareBatch(
      this.client,
      batch.map(({ entry }) => entry.signed.receipt),
    )
    await anchor(this.client, prepared)
    for (const [index, told] of batch.entries()) told.place = prepared.inclusions[index]
    this.batches.set(prepared.batchId, batch)
  }

  /**
   * Says to what is asked on-chain what its lies say to it.
   *
   * @param events `Demanded` and `Claimed`, each once; others are nothing to it.
   * @returns what the contract did not take: of an honest answer, nothing.
   */
  async defend(events: readonly Challenge[]): Promise<readonly OnusError[]> {
    const refused: OnusError[] = []
    for (const { name, args } of events) {
      if (name !== "Demanded" && name !== "Claimed") continue
      const told = this.find(args.receiptId as string)
      if (!told) continue
      try {
        if (name === "Demanded") await this.#show(told, args.question as Result)
        else await this.#locate(told)
      } catch (error) {
        if (!isOnusError(error)) throw error
        refused.push(error)
      }
    }
    return refused
  }

  async #show({ entry, program, story }: Told, asked: Result): Promise<void> {
    const question = questionOf(asked)
    const answer = story.answer(question)
    if (!answer) return
    const accused = { receipt: entry.signed.receipt, header: program.header }
    await answerDemand(await openCourt(this.client), accused, question, answer, story.posts)
  }

  async #locate({ entry, place }: Told): Promise<void> {
    if (place) await answerOmission(this.client, entry.signed, place === "direct" ? DIRECT : place)
  }
}

/** Something that is asked on-chain, as its event says it. */
export interface Challenge {
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
}
