import { expect } from "chai"
import { Incidents } from "../../../src/provider/reconcile/incidents.ts"
import { describeBackends } from "../../store/backends.ts"

describeBackends("Incidents", (backend) => {
  const convicted = { code: "Convicted", subject: "0xaa", message: "first" } as const

  it("stand until they are acknowledged, and are told of once", async () => {
    const incidents = await Incidents.open(await backend.open())
    expect(await incidents.stateOf(convicted)).equal(undefined)
    await incidents.add(convicted)
    await incidents.add({ ...convicted, message: "again" })
    const again = await Incidents.open(await backend.open())
    expect(await again.standing()).deep.equal([convicted])
    expect(await again.stateOf({ ...convicted, subject: "0xAA" })).equal("standing")
    expect(await again.stateOf({ ...convicted, code: "ForeignAnchor" })).equal(undefined)

    expect(await again.acknowledge()).deep.equal([convicted])
    expect(await again.acknowledge()).deep.equal([])
    await incidents.add(convicted)
    expect(await incidents.stateOf(convicted)).equal("acknowledged")
    expect(await incidents.standing()).deep.equal([])
  })

  it("are not told of all at once when there are many", async () => {
    const incidents = await Incidents.open(await backend.open())
    for (let i = 0; i < 12; i++) await incidents.add({ ...convicted, subject: `0x${i}` })
    expect(await incidents.standing()).have.length(10)
    expect(await incidents.acknowledge()).have.length(12)
  })
})
