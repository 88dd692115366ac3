import { expect } from "chai"
import { Interface } from "ethers"
import { type ContractName, EVENTS } from "../../src/facts/chain/events.ts"
import * as factories from "../../types/contracts/index.js"

/** What is compiled under each name. */
const COMPILED: Readonly<Record<ContractName, { readonly abi: readonly unknown[] }>> = {
  onus: factories.Onus__factory,
  providers: factories.Providers__factory,
  models: factories.Models__factory,
  reputation: factories.Reputation__factory,
  judge: factories.WrongExecution__factory,
  omission: factories.Omission__factory,
  audits: factories.Audits__factory,
  callbacks: factories.Callbacks__factory,
  agents: factories.AgentValidation__factory,
}

/** Events that say nothing that facts are made of. */
const IGNORED: readonly string[] = [
  "EIP712DomainChanged",
  // What was committed to is not known.
  "Committed",
  // Seats of auditors are not shown; what they say of receipts is.
  "SeatTaken",
  "SeatLeaves",
  "SeatLeft",
  "SeatLost",
  "Accused",
]

describe("The events that facts are made of", () => {
  for (const [name, { abi }] of Object.entries(COMPILED))
    it(`are all those of ${name}, as it is compiled`, () => {
      const compiled = eventsOf(new Interface(abi as never)).filter(
        (event) => !IGNORED.some((n) => event.startsWith(`event ${n}(`)),
      )
      const read = eventsOf(new Interface(EVENTS[name as ContractName].map((event) => `event ${event}`)))
      expect(read).to.deep.equal(compiled)
    })
})

const eventsOf = (contract: Interface): string[] =>
  contract.fragments
    .filter(({ type }) => type === "event")
    .map((event) => event.format("full"))
    .toSorted()
