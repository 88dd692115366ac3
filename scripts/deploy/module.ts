import { buildModule } from "@nomicfoundation/hardhat-ignition/modules"

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A demo token, for chains that have no token of their own to stake. */
export const DemoTokenModule = buildModule("DemoToken", (m) => ({ token: m.contract("DemoToken") }))

/**
 * The registry with everything that belongs to it. Parameters: `token` (an ERC-20 with 18 decimals), those of
 * `Onus.Parameters`, `Terms`, `Omission` and `IDisclosure.Clocks`; `governor` and `guardian` are accounts, the first
 * account unless they are given.
 */
export const OnusModule = buildModule("Onus", (m) => {
  const token = m.getParameter<string>("token")
  const minStake = m.getParameter("minStake", 100n * 10n ** 18n)
  const gasPriceFloor = m.getParameter("gasPriceFloor", 10n ** 9n)
  const providers = m.contract("Providers")
  const models = m.contract("Models")
  const reputation = m.contract("Reputation", [token, minStake])
  const governance = m.contract("Governance", [
    m.getParameter("governor", m.getAccount(0)),
    m.getParameter("guardian", m.getAccount(0)),
  ])
  const equivocation = m.contract("Equivocation")
  const omission = m.contract("Omission", [
    m.getParameter("omissionTime", DAY),
    m.getParameter("answerBlocks", 300),
    gasPriceFloor,
  ])
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
    gasPriceFloor,
  ])
  const onus = m.contract("Onus", [
    {
      token,
      providers,
      models,
      reputation,
      equivocation,
      wrongExecution,
      omission,
      governance,
      thawPeriod: m.getParameter("thawPeriod", 23 * DAY),
      terms: {
        minStake,
        minWindowBlocks: m.getParameter("minWindowBlocks", 100),
        escrow: m.getParameter("escrow", (3 * DAY) / MINUTE),
      },
    },
  ])
  return { providers, models, reputation, governance, equivocation, omission, referee, wrongExecution, onus }
})

/**
 * What reads a registry and holds none of its money: policies as a call, callbacks, paid audits. Parameters: `onus`, and
 * `seatBond` of an auditor, in token units.
 */
export const CompanionsModule = buildModule("Companions", (m) => {
  const onus = m.getParameter<string>("onus")
  return {
    policies: m.contract("Policies", [onus]),
    callbacks: m.contract("Callbacks", [onus]),
    audits: m.contract("Audits", [onus, m.getParameter("seatBond", 100n * 10n ** 18n)]),
  }
})
