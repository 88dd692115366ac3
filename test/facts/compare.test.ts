import { expect } from "chai"
import type { AsOf, Facts, ProviderFacts, ServiceFacts } from "../../src/facts/source.ts"
import { compareProviders } from "../../src/facts/state/compare.ts"
import { expectError } from "../sdk/expect-error.ts"
import { AS_OF, address, provider, service } from "./rows.ts"

const MODEL = `0x${"02".repeat(32)}`
const [ADA, BOB, CYN] = ["01", "02", "03"].map(address)

const factsOf = (providers: readonly ProviderFacts[], services: readonly ServiceFacts[] = []) =>
  ({
    provider: (id: string) =>
      Promise.resolve({ asOf: AS_OF, data: providers.find((one) => one.id === id) ?? null }),
    services: (id: string) =>
      Promise.resolve({ asOf: AS_OF, data: services.filter((one) => one.provider === id) }),
  }) as unknown as Facts

describe("providers side by side", () => {
  const facts = factsOf(
    [provider(ADA, { faults: 1 }), provider(BOB, { isScored: false }), provider(CYN, { score: 0.75 })],
    [service(ADA, MODEL), service(CYN, MODEL, { score: 0.2 })],
  )
  const valuesOf = async (key: string, model?: string) => {
    const { measures } = await compareProviders(facts, [ADA, BOB, CYN.toUpperCase().replace("X", "x")], model)
    const { values, best } = measures.find((measure) => measure.key === key)!
    return { values, best }
  }

  it("are compared by what is known: nothing is no zero, and best at nothing", async () => {
    expect(await valuesOf("score")).to.deep.equal({ values: [0.5, null, 0.75], best: [2] })
    expect(await valuesOf("faults")).to.deep.equal({ values: [1, 0, 0], best: [1, 2] })
    expect(await valuesOf("stake")).to.deep.equal({ values: [100n, 100n, 100n], best: [] })
    expect(await valuesOf("lastFaultAt")).to.deep.equal({ values: [null, null, null], best: [] })
  })

  it("are compared with one model", async () => {
    expect(await valuesOf("score", MODEL)).to.deep.equal({ values: [0.5, null, 0.2], best: [0] })
    expect(await valuesOf("reExecuted", MODEL)).to.deep.equal({ values: [0.25, null, 0.25], best: [] })
    expect((await valuesOf("words", MODEL)).values[1]).to.equal("never served it")
  })

  it("are all of one source when the index is left meanwhile", async () => {
    const origins: AsOf["origin"][] = ["index"]
    const asOf = () => ({ ...AS_OF, origin: origins.pop() ?? "chain" })
    const moving = {
      provider: (id: string) => {
        const about = asOf()
        return Promise.resolve({ asOf: about, data: provider(id, { uri: about.origin }) })
      },
    } as unknown as Facts
    const compared = await compareProviders(moving, [ADA, BOB])
    expect(compared.providers.map(({ uri }) => uri)).to.deep.equal(["chain", "chain"])
  })

  it("are two to four different ones that there are", async () => {
    for (const ids of [
      [ADA],
      [ADA, ADA.replace("0x", "0X").toLowerCase()],
      [ADA, BOB, CYN, address("04"), address("05")],
    ])
      await expectError("ComparisonInvalid", () => compareProviders(facts, ids))
    await expectError("ProviderUnknown", () => compareProviders(facts, [ADA, address("09")]))
  })
})
