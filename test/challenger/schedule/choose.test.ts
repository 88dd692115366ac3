import { expect } from "chai"
import { chooser } from "../../../src/challenger/schedule/choose.ts"
import { pauseAfter } from "../../../src/challenger/schedule/pause.ts"
import { signed, idOf, receiptOf, word } from "../book/samples.ts"

const SECRET = new Uint8Array(32).fill(7)
const ALL = { share: 1, minCoverage: 0n }

describe("choosing what to check", () => {
  const known = (n: number, isWanted = false) => {
    return { id: idOf(receiptOf(n)), signed: signed(receiptOf(n)).signed, isWanted }
  }
  const many = Array.from({ length: 1000 }, (_, n) => known(n))
  const drawn = (share: number, secret = SECRET) =>
    many.filter((one) => chooser({ ...ALL, share }, secret).passes(one) === undefined).map(({ id }) => id)

  it("takes everything, unless told otherwise", () => {
    expect(drawn(1)).have.length(1000)
    expect(drawn(0)).have.length(0)
  })

  it("draws a share of them: the same ones after a restart, others for whoever has another secret", () => {
    const some = drawn(0.2)
    expect(some.length).within(150, 250)
    expect(drawn(0.2)).deep.equal(some)
    const others = drawn(0.2, new Uint8Array(32).fill(8))
    expect(others.filter((id) => some.includes(id)).length).within(10, 80)
    // Who is drawn for a share is drawn for any larger one.
    expect(drawn(0.5)).include.members(some)
  })

  it("draws what somebody asks for in any case", () => {
    expect(chooser({ ...ALL, share: 0 }, SECRET).passes(known(1, true))).equal(undefined)
  })

  it("leaves out what little is at stake for", () => {
    const choosy = chooser({ ...ALL, minCoverage: 11n }, SECRET)
    expect(choosy.passes(known(1))).contain("10 token units")
    expect(choosy.passes(known(1, true))).contain("10 token units")
    const worthy = { ...known(1), signed: signed(receiptOf(1, { coverage: 11n })).signed }
    expect(choosy.passes(worthy)).equal(undefined)
  })

  it("leaves out providers and models by lists, in whatever case they are written", () => {
    const { provider, modelId } = receiptOf(1)
    const refuses = (choice: object) => chooser({ ...ALL, ...choice }, SECRET).refuses({ provider, modelId })
    const [lower, other] = [provider.toLowerCase(), receiptOf(1).consumer]
    expect(refuses({ providers: [lower], models: [modelId.toUpperCase()] })).equal(undefined)
    expect(refuses({ providers: [other] })).contain(provider)
    expect(refuses({ notProviders: [lower] })).contain(provider)
    expect(refuses({ models: [word(1)] })).contain(modelId)
    expect(refuses({ notModels: [modelId] })).contain(modelId)
    expect(refuses({ notProviders: [other], notModels: [word(1)] })).equal(undefined)
    expect(chooser({ ...ALL, notModels: [modelId] }, SECRET).passes(known(1))).contain(modelId)
  })
})

describe("pauses between attempts", () => {
  it("grow, and shrink again when the time runs out", () => {
    expect([0, 1, 2, 5, 30].map((attempts) => pauseAfter(attempts, Infinity))).deep.equal([2, 4, 8, 64, 1800])
    expect([8000, 800, 80, 8, 0, -5].map((left) => pauseAfter(30, left))).deep.equal([1000, 100, 10, 2, 2, 2])
  })
})
