import { buildModule } from "@nomicfoundation/hardhat-ignition/modules"

const HOUR = 3600
const DAY = 24 * HOUR

/** A demo token, for chains that have no token of their own to stake. */
export const DemoTokenModule = buildModule("DemoToken", (m) => ({ token: m.contract("DemoToken") }))

/**
 * The registry and its two judges. Parameters: `token` (an ERC-20 with 18 decimals), and those of
 * `Onus.Parameters`.
 */
export const OnusModule = buildModule("Onus", (m) => {
  const equivocation = m.contract("Equivocation")
  const wrongExecution = m.contract("WrongExecution")
  const onus = m.contract("Onus", [
    {
      token: m.getParameter<string>("token"),
      minStake: m.getParameter("minStake", 100n * 10n ** 18n),
      thawPeriod: m.getParameter("thawPeriod", 21 * DAY),
      minWindowBlocks: m.getParameter("minWindowBlocks", 100),
      escrow: m.getParameter("escrow", 3 * DAY),
      equivocation,
      wrongExecution,
    },
  ])
  return { equivocation, wrongExecution, onus }
})
