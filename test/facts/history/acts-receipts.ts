import { DIRECT } from "../../../src/protocol/batch.ts"
import { prepareBatch } from "../../../src/sdk/anchor.ts"
import { headerOf } from "../../../src/challenger/audits/header.ts"
import type { Act } from "./acts-money.ts"
import { newHeader, newItem } from "./items.ts"
import { type Item, type World, pass } from "./world.ts"

const GAS = { gasLimit: 15_000_000 }

/** Anchors, releases, audits, callbacks. */
export const RECEIPTS: Readonly<Record<string, readonly [weight: number, act: Act]>> = {
  anchor: [12, anchor],
  changeTerms: [
    0.7,
    async (w) => {
      const { minStake } = await w.onus.terms()
      const next = w.random.chance(0.5) ? minStake * 2n : minStake / 2n + 1n
      const terms = {
        minStake: next,
        minWindowBlocks: 1 + w.random.below(4),
        escrow: 60 + w.random.below(5000),
      }
      await w.governance.propose(terms, GAS)
      await pass(w, Number(await w.governance.delay()) + 60)
      // For these the old terms hold.
      await anchor(w).catch(() => undefined)
      await w.governance.enact(GAS)
    },
  ],
  anchorAgain: [
    1,
    async (w) => {
      const { receipt, model } = recent(w)
      const other = await newItem(w, receipt.provider, model, { challengeWindow: receipt.challengeWindow })
      const { batch, inclusions } = prepareBatch({ registry: w.registry }, [receipt, other.receipt])
      const provider = w.people.providers.find(({ address }) => address === receipt.provider)!
      await w.onus.connect(provider).anchor(batch, GAS)
      const old = w.items.find((item) => item.receipt === receipt)!
      if (w.random.chance(0.5)) old.inclusion = inclusions[0]
      other.inclusion = inclusions[1]
      w.items.push(other)
    },
  ],
  attest: [
    6,
    async (w) => {
      const provider = w.random.pick(w.people.providers)
      const item = await newItem(w, provider.address, someModel(w))
      await w.onus.connect(provider).attest(item.receipt, GAS)
      item.inclusion = DIRECT
      w.items.push(item)
    },
  ],
  sign: [
    2,
    async (w) => {
      w.items.push(
        await newItem(w, w.random.pick(w.people.providers).address, someModel(w), { challengeWindow: 600n }),
      )
    },
  ],
  releaseBatch: [8, (w) => w.onus.releaseBatches([some(w).inclusion!.batch], GAS)],
  releaseReceipt: [
    5,
    (w) => {
      const { receipt, inclusion } = some(w)
      return w.onus.releaseReceipt(receipt, inclusion!, GAS)
    },
  ],
  deliver: [
    2,
    (w) => {
      const { receipt, inclusion } = some(w)
      return w.callbacks.deliver(receipt, inclusion!, GAS)
    },
  ],
  takeSeat: [0.6, (w) => w.audits.connect(w.random.pick(w.people.auditors)).takeSeat(GAS)],
  fund: [
    2,
    async (w) => {
      const item = recent(w)
      const { batch } = item.inclusion!
      const payer = w.audits.connect(w.random.pick(w.people.payers))
      if (item.inclusion === DIRECT) await payer.fundReceipt(item.receipt, 10n ** 16n, GAS)
      else await payer.fund(batch, Math.min(Number(batch.count), 2), 10n ** 16n, GAS)
      const id = (await w.audits.fundCount()) - 1n
      const items =
        item.inclusion === DIRECT
          ? [item]
          : w.items.filter(({ inclusion }) => inclusion?.batch.root === batch.root)
      w.funds.push({ id, items })
      await pass(w, 12, 9)
      await draw(w, id)
      await vouch(w)
    },
  ],
  settleAudit: [
    3,
    (w) => {
      const { id, items } = w.random.pick(w.funds)
      const { receipt, inclusion } = w.random.pick(items)
      return w.audits.settle(id, receipt, inclusion!, GAS)
    },
  ],
  refund: [1, (w) => w.audits.refund(w.random.pick(w.funds).id, GAS)],
  refute: [
    1,
    (w) => {
      const { id, items } = w.random.pick(w.funds)
      const { receipt, inclusion } = w.random.pick(items)
      return w.audits.refute(id, 0, receipt, inclusion!, GAS)
    },
  ],
}

async function draw(w: World, id: bigint): Promise<void> {
  const { drawBlock } = await w.audits.fundOf(id)
  const header = await headerOf(w.connection.ethers.provider, Number(drawBlock))
  await w.audits.draw(id, header!, GAS)
}

/** The auditor whose turn it is says that what was drawn is right. */
async function vouch(w: World): Promise<void> {
  const { id, items } = w.funds.at(-1)
  const index = await w.audits.drawnIndex(id, 0)
  const [, auditor] = await w.audits.onTurn(id, 0)
  const item = items.find(({ inclusion }) => inclusion === DIRECT || inclusion!.index === index)!
  const by = w.people.auditors.find(({ address }) => address === auditor)!
  await w.audits.connect(by).vouch(id, 0, item.receipt, item.inclusion!, item.traceRoot, GAS)
}

/** A provider anchors a few receipts, the last of which may promise no cover. */
async function anchor(w: World): Promise<void> {
  const provider = w.random.pick(w.people.providers)
  const model = someModel(w)
  const challengeWindow = w.random.pick([600n, 3600n, 86_400n])
  const items = await Promise.all(
    Array.from({ length: 1 + w.random.below(4) }, (_, i) =>
      newItem(w, provider.address, model, { challengeWindow, ...(i === 3 ? { coverage: 0n } : {}) }),
    ),
  )
  const { batch, inclusions } = prepareBatch(
    { registry: w.registry },
    items.map(({ receipt }) => receipt),
  )
  await w.onus.connect(provider).anchor(batch, GAS)
  for (const [i, item] of items.entries()) item.inclusion = inclusions[i]
  w.items.push(...items)
}

/** A registered model, or now and then one that nobody has registered. */
const someModel = (w: World) =>
  w.headers.length === 0 || w.random.chance(0.03) ? newHeader(w) : w.random.pick(w.headers)

/** Anything that was anchored. */
export function some(w: World): Item {
  const anchored = w.items.filter(({ inclusion }) => inclusion)
  if (anchored.length === 0) throw new Error("nothing was anchored")
  return w.random.pick(anchored)
}

/** One of the last things that were anchored: most others are final. */
export function recent(w: World): Item {
  const anchored = w.items.filter(({ inclusion }) => inclusion).slice(-12)
  if (anchored.length === 0) throw new Error("nothing was anchored")
  return w.random.pick(anchored)
}
