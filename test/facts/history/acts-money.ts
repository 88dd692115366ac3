import { type World, arrive, pass } from "./world.ts"
import { newHeader } from "./items.ts"

/** Does one thing on the chain; what it does may fail. */
export type Act = (world: World) => Promise<unknown>

const TOKEN = 10n ** 18n
const GAS = { gasLimit: 15_000_000 }
const amount = ({ random }: World, most: number): bigint =>
  (BigInt(1 + random.below(most * 1000)) * TOKEN) / 1000n

/** Stake, registration, keys, models, fees, rules, time. */
export const MONEY: Readonly<Record<string, readonly [weight: number, act: Act]>> = {
  deposit: [6, (w) => w.onus.connect(w.random.pick(w.people.providers)).deposit(amount(w, 800), GAS)],
  thaw: [4, (w) => w.onus.connect(w.random.pick(w.people.providers)).startThaw(amount(w, 150), GAS)],
  withdraw: [2, (w) => w.onus.connect(w.random.pick(w.people.providers)).withdraw(GAS)],
  register: [
    2,
    (w) =>
      w.providers.connect(w.random.pick(w.people.providers)).register(`https://p${w.serial++}.example`, GAS),
  ],
  rename: [
    2,
    (w) => {
      const uri = w.random.pick([
        "<b>x</b>",
        "a\0b",
        "\u{1F600}".repeat(3000),
        "",
        "javascript:alert(1)",
        "é\u202e",
      ])
      return w.providers.connect(w.random.pick(w.people.providers)).setUri(uri, GAS)
    },
  ],
  addKey: [
    6,
    (w) => {
      const provider = w.random.pick(w.people.providers)
      const key = w.random.chance(0.7) ? w.keys.get(provider.address)! : w.random.pick(w.people.payers)
      return w.providers
        .connect(provider)
        .addKey(key.address, w.random.chance(0.5) ? 2n ** 64n - 1n : 4_000_000_000n, 3, GAS)
    },
  ],
  revokeKey: [
    1,
    (w) => {
      const provider = w.random.pick(w.people.providers)
      return w.providers.connect(provider).revokeKey(w.random.pick(w.people.payers).address, GAS)
    },
  ],
  registerModel: [
    2,
    async (w) => {
      const header = newHeader(w)
      await w.models.connect(w.random.pick(w.people.payers)).registerModel(header, `ipfs://${w.serial}`, GAS)
      w.headers.push(header)
    },
  ],
  burnFee: [
    5,
    async (w) => {
      const payer = w.random.pick(w.people.payers)
      const provider = w.random.pick(w.people.providers).address
      const model = w.random.pick(w.items).receipt.modelId
      const most = await w.reputation.mostFee(provider, model, payer.address)
      return w.reputation
        .connect(payer)
        .burnFee(provider, model, w.random.chance(0.5) ? most : most / 3n, GAS)
    },
  ],
  shortTime: [8, (w) => pass(w, 1 + w.random.below(3600), 1 + w.random.below(4))],
  longTime: [4, (w) => pass(w, 3600 + w.random.below(3 * 86_400), 4)],
  veryLongTime: [0.5, (w) => pass(w, 24 * 86_400, 4)],
  pause: [0.3, (w) => w.governance.pauseAnchors(w.random.below(7200), GAS)],
  stop: [
    1,
    async (w) => {
      await w.governance.stopDisputes(1 + w.random.below(2 * 86_400), GAS)
      if (w.random.chance(0.5)) return
      await pass(w, 600)
      await w.governance.stopDisputes(0, GAS)
    },
  ],
  link: [
    1,
    async (w) => {
      const provider = w.random.pick(w.people.providers)
      const identities = await w.connection.ethers.getContractAt("Agents", w.identities.address, provider)
      await identities.getFunction("register")()
      return w.agents.connect(provider).link(w.agentCount++, GAS)
    },
  ],
  arrive: [0.7, enter],
  unlink: [
    0.5,
    async (w) => {
      const provider = w.random.pick(w.people.providers)
      const [, agent] = await w.agents.agentOf(provider.address)
      return w.agents.connect(provider).unlink(agent, GAS)
    },
  ],
  claimReward: [4, (w) => w.onus.claimReward(someone(w)[0], GAS)],
  claimRestitution: [3, (w) => w.onus.claimRestitution(someone(w)[1].receipt, GAS)],
  burnPayout: [3, (w) => w.onus.burn(someone(w)[0], GAS)],
  returnPayout: [
    2,
    (w) => {
      const [id, { receipt }] = w.random.pick([...w.payouts].slice(-2))
      return w.governance.returnPayout(id, receipt, GAS)
    },
  ],
}

/** A provider comes, registers and has stake. */
export async function enter(w: World): Promise<void> {
  const provider = await arrive(w)
  const { address } = w.keys.get(provider.address)!
  await w.providers.connect(provider).register(`https://${provider.address}.example`, GAS)
  await w.providers.connect(provider).addKey(address, 2n ** 64n - 1n, 3, GAS)
  await w.onus.connect(provider).deposit(2_000n * TOKEN, GAS)
}

/** Something that convictions took. */
function someone(w: World) {
  const payouts = [...w.payouts]
  if (payouts.length === 0) throw new Error("nothing to claim")
  return w.random.pick(payouts)
}
