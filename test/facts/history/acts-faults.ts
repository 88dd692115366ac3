import { ZeroHash, id } from "ethers"
import {
  type Question,
  encodableQuestion,
  nodeQuestion,
  questionId,
} from "../../../src/engine/audit/game/question.ts"
import { Space } from "../../../src/protocol/program.ts"
import { type Receipt, signReceipt } from "../../../src/protocol/receipt.ts"
import { equivocationEvidence } from "../../../src/sdk/convict.ts"
import { Fault } from "../../../src/sdk/fault.ts"
import { commitmentTo } from "../../../src/sdk/game/commit.ts"
import { withheldEvidence } from "../../../src/sdk/game/convict.ts"
import type { Act } from "./acts-money.ts"
import { recent } from "./acts-receipts.ts"
import { fold } from "./items.ts"
import { BLOCKS, type Item, type World, pass } from "./world.ts"

const GAS = { gasLimit: 15_000_000 }
/** Wei; more than the bond of any demand. */
const VALUE = 10n ** 16n
const challenger = (w: World) => w.random.pick(w.people.challengers)
const providerOf = (w: World, item: Item) =>
  w.people.providers.find(({ address }) => address === item.receipt.provider)!

/** Demands, claims, convictions. */
export const FAULTS: Readonly<Record<string, readonly [weight: number, act: Act]>> = {
  demand: [8, (w) => demand(w, recent(w))],
  answer: [
    6,
    async (w) => {
      const item = asked(w)
      return answer(w, item, item.questions.at(-1))
    },
  ],
  demandMore: [4, (w) => demand(w, asked(w))],
  settleDemand: [
    5,
    (w) => {
      const item = asked(w)
      const question = w.random.pick(item.questions)
      return w.judge.settle(item.receipt, item.inclusion!, questionId(question), GAS)
    },
  ],
  withhold: [
    1.2,
    async (w) => {
      const item = recent(w)
      await demand(w, item)
      await pass(w, 86_400 + 60, BLOCKS + 1)
      const evidence = withheldEvidence({ header: item.model }, item.questions.at(-1))
      await convict(w, item, Fault.WrongExecution, evidence)
    },
  ],
  equivocate: [
    1,
    async (w) => {
      const item = recent(w)
      await convict(w, item, Fault.Equivocation, await rivalEvidence(w, item))
    },
  ],
  equivocateSigned: [
    0.3,
    async (w) => {
      const item = w.random.pick(w.items.slice(-12))
      const evidence = await rivalEvidence(w, item)
      const call = w.onus.connect(challenger(w))
      await call.convictSigned(Fault.Equivocation, item.receipt, item.signature, evidence, GAS)
      await noted(w, item)
    },
  ],
  convictThawing: [
    0.7,
    async (w) => {
      const item = recent(w)
      const { active, locked } = await w.onus.account(item.receipt.provider)
      await w.onus.connect(providerOf(w, item)).startThaw(active - 2n * locked, GAS)
      await convict(w, item, Fault.Equivocation, await rivalEvidence(w, item))
    },
  ],
  race: [
    1.5,
    async (w) => {
      const item = recent(w)
      const evidence = await rivalEvidence(w, item)
      const early = challenger(w)
      await w.equivocation.connect(early).commit(commitmentTo(item.id, early.address, evidence), GAS)
      await pass(w, 20)
      await convict(w, item, Fault.Equivocation, evidence)
      await w.onus.connect(early).convict(Fault.Equivocation, item.receipt, item.inclusion!, evidence, GAS)
    },
  ],
  claim: [
    2,
    async (w) => {
      const items = w.items.filter(({ inclusion }) => !inclusion).slice(-4)
      const item = w.random.chance(0.5) && items.length > 0 ? w.random.pick(items) : recent(w)
      await pass(w, 3700)
      const by = w.omission.connect(challenger(w))
      await by.claim(item.receipt, item.signature, { ...GAS, value: VALUE })
      if (item.inclusion) await w.omission.answer(item.receipt, item.inclusion, GAS)
      else if (w.random.chance(0.7)) {
        await pass(w, 86_400 + 60, BLOCKS + 1)
        await w.onus
          .connect(challenger(w))
          .convictSigned(Fault.Omission, item.receipt, item.signature, "0x", GAS)
        await noted(w, item)
      }
    },
  ],
  settleClaim: [3, (w) => w.omission.settle(w.random.pick(w.items).receipt, GAS)],
}

async function convict(w: World, item: Item, fault: number, evidence: string): Promise<void> {
  await w.onus.connect(challenger(w)).convict(fault, item.receipt, item.inclusion!, evidence, GAS)
  await noted(w, item)
}

/** Remembers what the last conviction pays under. */
async function noted(w: World, item: Item): Promise<void> {
  const [event] = (await w.onus.queryFilter(w.onus.filters.Convicted(), "latest")).slice(-1)
  if (event) w.payouts.set(event.args.payoutId, item)
}

/** Asks for the top of a tree, or for one of the two nodes below it. */
async function demand(w: World, item: Item): Promise<void> {
  const space = w.random.chance(0.5) ? Space.Trace : Space.Output
  const depth = space === Space.Trace ? item.model.traceDepth : item.model.outputDepth
  const height = depth > 1 && w.random.chance(0.5) ? depth - 1 : depth
  const question = nodeQuestion(space, height, height === depth ? 0 : w.random.below(2))
  const by = w.judge.connect(challenger(w))
  const { receipt, inclusion, model } = item
  await by.demandNode(receipt, inclusion!, model, space, height, question.index, ZeroHash, {
    ...GAS,
    value: VALUE,
  })
  item.questions.push(question)
}

async function answer(w: World, item: Item, question: Question): Promise<void> {
  const leaves = question.space === Space.Trace ? item.leaves.trace : item.leaves.output
  const count = 2 ** question.height
  const shown = leaves.slice(question.index * count, (question.index + 1) * count)
  const sibling = leaves.slice((question.index ^ 1) * count, ((question.index ^ 1) + 1) * count)
  const path = count === leaves.length ? [] : [fold(sibling)]
  const by = w.judge.connect(providerOf(w, item))
  await by.answerNode(item.receipt, item.model, item.traceRoot, encodableQuestion(question), shown, path, GAS)
}

function asked(w: World): Item {
  const items = w.items.filter(({ questions }) => questions.length > 0).slice(-6)
  if (items.length === 0) throw new Error("nothing was asked")
  return w.random.pick(items)
}

/** Another content that the provider has signed for the same request. */
async function rivalEvidence(w: World, { receipt }: Item): Promise<string> {
  const rival: Receipt = {
    ...receipt,
    outputCommitment: id(`rival ${w.serial++}`),
    issuedAt: BigInt(await w.now()),
  }
  return equivocationEvidence(await signReceipt(w.registry, rival, w.keys.get(receipt.provider)!))
}
