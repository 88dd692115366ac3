import { buildModule } from "@nomicfoundation/hardhat-ignition/modules"

const HOUR = 3600
const DAY = 24 * HOUR

/** A demo token, for chains that have no token of their own to stake. */
export const DemoTokenModule = buildModule("DemoToken", (m) => ({ token: m.contract("DemoToken") }))

/**
 * The registry, its two judges and the referee that one of them asks. Parameters: `token` (an ERC-20 with 18
 * decimals), those of `Onus.Parameters`, and the clocks of `IDisclosure.Clocks`.
 */
export const OnusModule = buildModule("Onus", (m) => {
  const equivocation = m.contract("Equivocation")
  const referee = m.contract("ElementReferee")
  const wrongExecution = m.contract("WrongExecution", [
    referee,
    {
      budget: m.getParameter("answerBudget", DAY),
      response: m.getParameter("answerTime", 2 * HOUR),
      turn: m.getParameter("challengerTurn", 6 * HOUR),
      game: m.getParameter("gameTime", 3 * DAY),
      responseBlocks: m.getParameter("answerBlocks", 300),
    },
    m.getParameter("gasPriceFloor", 10n ** 9n),
  ])
  const onus = m.contract("Onus", [
    {
      token: m.getParameter<string>("token"),
      minStake: m.getParameter("minStake", 100n * 10n ** 18n),
      thawPeriod: m.getParameter("thawPeriod", 23 * DAY),
      minWindowBlocks: m.getParameter("minWindowBlocks", 100),
      escrow: m.getParameter("escrow", 3 * DAY),
      equivocation,
      wrongExecution,
    },
  ])
  return { referee, equivocation, wrongExecution, onus }
})
