import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { expect } from "chai"
import { ACCEPT_ANY } from "../../src/protocol/policy.ts"
import { checkPolicy } from "../../src/sdk/check-policy.ts"
import { type Client, connect } from "../../src/sdk/client.ts"
import { locate } from "../../src/sdk/locate.ts"
import { openRpc } from "../../src/sdk/rpc.ts"
import { followReceipt } from "../../src/facts/follow.ts"
import { handle } from "../../src/facts/index/handle.ts"
import type { Facts } from "../../src/facts/source.ts"
import { type OpenedFacts, openFacts } from "../../src/facts/open.ts"
import { TOKEN } from "../challenger/stage.ts"
import { expectError } from "../sdk/expect-error.ts"
import { type History, type Kept, makeHistory } from "./happened.ts"

describe("an answer that an application was given", () => {
  let history: History
  let facts: OpenedFacts
  let client: Client

  before(async () => {
    history = await makeHistory()
    facts = await openFacts({ rpc: history.url, registry: history.registry })
    client = await connect(await openRpc(history.url), history.registry)
  })
  after(async () => {
    facts?.close()
    await history?.close()
  })

  const stageOf = async ({ signed, inclusion }: Kept) =>
    (await followReceipt(facts, signed, inclusion)).state.stage

  it("is followed through its life", async () => {
    for (const stage of ["final", "anchored", "disputed", "convicted"] as const)
      expect(await stageOf(history[stage]), stage).to.equal(stage)
    const { signed, inclusion } = history.final
    expect(await stageOf({ signed }), "without its place").to.equal("unknown")
    const followed = await followReceipt(facts, signed, inclusion)
    expect(followed.broken).to.equal(null)
    expect(followed.batchFacts?.batch?.id).to.equal(followed.batchId)
  })

  it("is as final as the registry says", async () => {
    for (const [stage, assurance] of [
      ["final", "final"],
      ["anchored", "anchored"],
      ["disputed", "anchored"],
    ] as const) {
      const { signed, inclusion } = history[stage]
      expect((await locate(client, signed, inclusion)).assurance, stage).to.equal(assurance)
    }
  })

  it("says what is reserved for it, and until when it can be challenged", async () => {
    const stateOf = async ({ signed, inclusion }: Kept) =>
      (await followReceipt(facts, signed, inclusion)).state
    const { time } = await facts.status()
    const [anchored, disputed] = [await stateOf(history.anchored), await stateOf(history.disputed)]
    // Of both receipts of the batch; a dispute keeps its receipt open for longer.
    expect(anchored.reserved).to.equal(4n * TOKEN)
    expect(disputed.reserved).to.equal(2n * TOKEN)
    expect(anchored.until).to.be.within(time, time + 3600)
    expect(disputed.until).to.be.greaterThan(anchored.until!)
    expect((await stateOf(history.final)).reserved).to.equal(0n)
    expect((await stateOf(history.convicted)).reserved).to.equal(0n)
  })

  it("is refused at a place where it is not, and on another chain or registry", async () => {
    const { signed, inclusion } = history.final
    const elsewhere = { ...inclusion!, index: 1n }
    await expectError("BatchPathInvalid", () => followReceipt(facts, signed, elsewhere))
    const onChain = (chainId: bigint, address = history.registry) => ({
      ...signed,
      registry: { chainId, address },
    })
    await expectError("ChainMismatch", () => followReceipt(facts, onChain(1n)))
    const other = onChain(31337n, history.policies)
    await expectError("RegistryMismatch", () => followReceipt(facts, other))
  })

  it("meets a policy, or not in words, as a contract would say", async () => {
    const check = async ({ signed, inclusion }: Kept, policy: object = {}) => {
      const demanded = { ...ACCEPT_ANY, ...policy }
      return checkPolicy(client, history.policies, { receipt: signed.receipt, inclusion, policy: demanded })
    }
    expect(await check(history.final, { assurance: 1 })).to.deep.include({ isMet: true, unmet: [] })
    const { isMet, unmet } = await check(history.anchored, { assurance: 1, minCoverage: 2n * 10n ** 18n })
    expect(isMet).to.equal(false)
    expect(unmet.map(({ sentence }) => sentence)).to.deep.equal([
      "The challenge window is still open",
      "Coverage 1 DEMO is below 2 DEMO",
    ])
    expect((await check(history.convicted)).unmet[0].clause).to.equal("NotConvicted")
  })

  it("is asked about where somebody can say", async () => {
    const { receipt } = history.disputed.signed
    const ask = (policies: string, of = client) =>
      checkPolicy(of, policies, { receipt, policy: ACCEPT_ANY, beneficiary: history.liar })
    expect((await ask(history.policies)).unmet.map(({ clause }) => clause)).to.deep.equal(["Beneficiary"])
    await expectError("ContractMissing", () => ask(history.honest))
    const other = { ...client, registry: { ...client.registry, address: history.policies } }
    await expectError("RegistryMismatch", () => ask(history.policies, other))
  })

  it("is looked for in an index as long as one answers, then on the chain", async () => {
    const { id } = await followReceipt(facts, history.disputed.signed)
    const index = await serveIndex(facts)
    const either = await openFacts({ rpc: history.url, registry: history.registry, index: index.url })
    const fromIndex = await either.receipt(id)
    expect(fromIndex.asOf.origin).to.equal("index")
    await expectError("HashInvalid", () => either.receipt("0x"))
    index.close()
    const { asOf, data } = await either.receipt(id)
    expect(asOf.origin).to.equal("chain")
    expect(data).to.deep.equal(fromIndex.data)
    expect(data?.dispute?.state).to.equal("open")
    either.close()
  })
})

/** Answers as an index does, of other facts. */
async function serveIndex(facts: Facts): Promise<{ readonly url: string; close(): void }> {
  const server = createServer(({ url = "" }, response) => {
    void handle(facts, new URL(url, "http://index")).then(({ status, body }) =>
      response.writeHead(status).end(body.replaceAll('"origin":"chain"', '"origin":"index"')),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
