import { expect } from "chai"
import { type PostgresServer, startPostgres } from "../../helpers/postgres.ts"
import { NodeProcess, Stage, eventually } from "./stage.ts"

describe("two replicas of one provider", function () {
  this.timeout(240_000)
  let server: PostgresServer
  let stage: Stage
  const nodes: NodeProcess[] = []

  before(async () => {
    server = await startPostgres()
    stage = await Stage.open()
    await stage.mine(5)
  })

  after(async () => {
    await Promise.all(nodes.map((node) => node.end("SIGKILL")))
    await stage.close()
    await server.stop()
  })

  const start = async (replica: string, share = 0.5): Promise<NodeProcess> => {
    const node = await NodeProcess.start(stage, { journal: { url: server.url, replica, share } })
    nodes.push(node)
    return node
  }

  it("answer both, and each receipt gets into exactly one batch, although the one that anchors is killed", async () => {
    const a = await start("a")
    await a.ready()
    const b = await start("b")
    await b.ready()
    const ids = [...(await ask(stage, a, 3)), ...(await ask(stage, b, 3))]
    await a.end("SIGKILL")
    ids.push(...(await ask(stage, b, 3)))
    await eventually(
      "everything is anchored",
      async () => {
        const states = await Promise.all(ids.map((id) => stateOf(b, id)))
        return states.every((state) => state === "anchored")
      },
      () => stage.mine(),
    )
    const again = await start("a")
    await again.ready()
    ids.push(...(await ask(stage, again, 3)))
    await eventually(
      "everything is anchored",
      async () => {
        const states = await Promise.all(ids.map((id) => stateOf(again, id)))
        return states.every((state) => state === "anchored")
      },
      () => stage.mine(),
    )
    const client = await stage.client(stage.consumer)
    const anchored = await client.onus.queryFilter(client.onus.filters.BatchAnchored())
    const count = anchored.reduce((sum, { args }) => sum + Number(args.count ?? 0n), 0)
    expect(count).equal(ids.length)
    expect(await b.end(), b.output.slice(-3000)).equal(0)
    expect(await again.end(), again.output.slice(-3000)).equal(0)
  })

  it("do not start under one name, nor with more than the whole stake", async () => {
    const a = await start("a")
    await a.ready()
    expect(await (await start("a")).exited).equal(73)
    const greedy = await start("c", 0.6)
    expect(await greedy.exited).equal(2)
    expect(greedy.output).contain("SharesTooLarge")
  })
})

async function ask(stage: Stage, node: NodeProcess, count: number): Promise<string[]> {
  const [{ name, shape, tensor }] = stage.program.inputs
  const data = Array.from({ length: tensor.length }, (_, i) => (i % 7) / 7)
  return Promise.all(
    Array.from({ length: count }, async () => {
      const response = await fetch(`${node.url}/v2/models/digits/infer`, {
        method: "POST",
        body: JSON.stringify({
          inputs: [{ name, shape, datatype: "FP32", data }],
          parameters: { consumer: stage.consumer.address },
        }),
      })
      expect(response.status, await response.text()).equal(200)
      return response.headers.get("onus-receipt-id")!
    }),
  )
}

async function stateOf(node: NodeProcess, id: string): Promise<string> {
  const response = await fetch(`${node.url}/v1/receipts/${id}`)
  return ((await response.json()) as { assurance: string }).assurance
}
