import type { ContractFactory, Signer } from "ethers"
import {
  DemoToken__factory,
  ElementReferee__factory,
  Equivocation__factory,
  Governance__factory,
  Models__factory,
  Omission__factory,
  Onus__factory,
  Providers__factory,
  Reputation__factory,
  WrongExecution__factory,
} from "../../../types/contracts/index.js"

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const MIN_STAKE = 100n * 10n ** 18n
/** Wei; what gas costs at least when bonds are priced. */
const GAS_PRICE_FLOOR = 10n ** 9n
/** In which an answer is taken. */
const ANSWER_BLOCKS = 300

/**
 * The registry with everything that belongs to it and a token that anybody can mint, with the figures of
 * `scripts/deploy`: which does the same with a record, and takes ten times as long.
 */
export async function deployRegistry(
  signer: Signer,
): Promise<{ readonly registry: string; readonly token: string }> {
  const person = await signer.getAddress()
  const deploy = async <Arguments extends unknown[]>(
    factory: new (signer: Signer) => { deploy(...values: Arguments): ReturnType<ContractFactory["deploy"]> },
    ...values: Arguments
  ): Promise<string> => {
    const contract = await new factory(signer).deploy(...values)
    return (await contract.waitForDeployment()).getAddress()
  }
  const token = await deploy(DemoToken__factory)
  const registry = await deploy(Onus__factory, {
    token,
    providers: await deploy(Providers__factory),
    models: await deploy(Models__factory),
    reputation: await deploy(Reputation__factory, token, MIN_STAKE),
    equivocation: await deploy(Equivocation__factory),
    wrongExecution: await deploy(
      WrongExecution__factory,
      await deploy(ElementReferee__factory),
      {
        budget: DAY,
        response: 2 * HOUR,
        turn: 6 * HOUR,
        game: 3 * DAY,
        responseBlocks: ANSWER_BLOCKS,
      },
      GAS_PRICE_FLOOR,
    ),
    omission: await deploy(Omission__factory, DAY, ANSWER_BLOCKS, GAS_PRICE_FLOOR),
    governance: await deploy(Governance__factory, person, person),
    thawPeriod: 23 * DAY,
    terms: { minStake: MIN_STAKE, minWindowBlocks: 100, escrow: (3 * DAY) / MINUTE },
  })
  return { registry, token }
}
