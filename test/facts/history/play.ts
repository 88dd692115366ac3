import { FAULTS } from "./acts-faults.ts"
import { type Act, MONEY } from "./acts-money.ts"
import { RECEIPTS } from "./acts-receipts.ts"
import { type World, pass } from "./world.ts"

const ACTS = Object.entries({ ...MONEY, ...RECEIPTS, ...FAULTS })
const WEIGHT = ACTS.reduce((sum, [, [weight]]) => sum + weight, 0)

/** How often each kind of act succeeded. */
export type Successes = Record<string, number>

/** Lets so many random things happen; those that fail do not count. */
export async function play(world: World, actions: number): Promise<Successes> {
  if (world.headers.length === 0) await begin(world)
  const successes: Successes = {}
  for (let done = 0; done < actions;) {
    const [name, act] = choose(world)
    try {
      await act(world)
      successes[name] = (successes[name] ?? 0) + 1
      done++
    } catch (error) {
      if (!(error instanceof Error)) throw error
    }
  }
  return successes
}

function choose({ random }: World): readonly [string, Act] {
  let at = random.between(0, WEIGHT)
  for (const [name, [weight, act]] of ACTS) if ((at -= weight) < 0) return [name, act]
  return [ACTS[0][0], ACTS[0][1][1]]
}

/** All providers have keys and stake, so that something can happen at once. */
async function begin(world: World): Promise<void> {
  const { people, keys, onus, providers } = world
  for (const provider of people.providers) {
    await providers.connect(provider).register(`https://${provider.address}.example`)
    await providers.connect(provider).addKey(keys.get(provider.address)!.address, 2n ** 64n - 1n, 3)
    await onus.connect(provider).deposit(2_000n * 10n ** 18n)
  }
  for (let i = 0; i < 3; i++) await MONEY.registerModel[1](world)
  for (let i = 0; i < 6; i++) await RECEIPTS.anchor[1](world)
  for (const auditor of people.auditors) await world.audits.connect(auditor).takeSeat()
  await pass(world, 60)
}
