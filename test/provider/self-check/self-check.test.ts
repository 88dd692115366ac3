import { expect } from "chai"
import { ZeroHash, hexlify } from "ethers"
import { Engine } from "../../../src/engine/wasm/engine.ts"
import type { Program } from "../../../src/engine/program/program.ts"
import { commit } from "../../../src/engine/trace/commitment.ts"
import { OnusError } from "../../../src/protocol/errors.ts"
import type { Entry } from "../../../src/provider/journal.ts"
import { loadModel } from "../../../src/provider/models/load.ts"
import { SelfCheck } from "../../../src/provider/self-check/self-check.ts"
import type { Alert } from "../../../src/service/alerts.ts"
import { Readiness } from "../../../src/service/readiness.ts"

const registry = { chainId: 31337n, address: `0x${"aa".repeat(20)}` }
const address = `0x${"bb".repeat(20)}`

describe("the self-check", () => {
  let program: Program
  let engine: Engine
  let entry: Entry

  before(async () => {
    ;({ program } = await loadModel({ name: "digits", path: "models/digits.onnx", trace: "lazy" }))
    engine = await Engine.create(program, { threads: 1 })
    const { inputRoot, outputRoot } = commit(await run())
    const terms = {
      provider: address,
      modelId: program.modelId,
      requestId: hexlify(new Uint8Array(32)),
      inputCommitment: inputRoot,
      consumer: address,
      coverage: 1n,
      issuedAt: 1n,
      anchorBy: 2n,
      challengeWindow: 600n,
      termsHash: ZeroHash,
    }
    const receipt = { ...terms, outputCommitment: outputRoot, traceCommitment: ZeroHash }
    const signed = { registry, receipt, signature: "0x", receiptId: ZeroHash }
    entry = { terms, trace: "lazy", inputs: new Uint8Array(0), request: "one", signed }
  })

  after(() => engine.close())

  const run = () =>
    engine.run({ [program.inputs[0].name]: new Float32Array(program.inputs[0].tensor.length) }, "kept")

  function open(changes: { entry?: Entry; busy?: boolean; share?: number } = {}) {
    const alerts: Alert[] = []
    const readiness = new Readiness()
    const verdicts: string[] = []
    let runs = 0
    const check = new SelfCheck({
      registry,
      journal: { byRequest: () => Promise.resolve(changes.entry ?? entry) },
      pool: {
        evidenceOf() {
          runs++
          return changes.busy ? Promise.reject(new OnusError("PoolBusy", "Busy")) : run()
        },
      },
      readiness,
      alerts: { raise: (alert) => void alerts.push(alert), resolve: () => undefined },
      share: changes.share ?? 1,
      count: (verdict) => void verdicts.push(verdict),
    })
    return { check, alerts, readiness, verdicts, runs: () => runs }
  }

  it("finds that a second run gives what was signed", async () => {
    const { check, readiness, verdicts } = open()
    check.consider("one")
    await check.tick()
    await check.tick()
    expect([verdicts, readiness.isReady]).deep.equal([["match"], true])
  })

  it("stops new work for good when it does not", async () => {
    const receipt = { ...entry.signed!.receipt, outputCommitment: ZeroHash }
    const { check, readiness, alerts, verdicts } = open({
      entry: { ...entry, signed: { ...entry.signed!, receipt } },
    })
    check.consider("one")
    await check.tick()
    expect(verdicts).deep.equal(["mismatch"])
    expect(readiness.problems.map((problem) => problem.check)).deep.equal(["self-check"])
    expect(alerts.map(({ code, severity }) => [code, severity])).deep.equal([["SelfCheckFailed", "critical"]])
  })

  it("concludes nothing from threads that have no time", async () => {
    const { check, readiness, verdicts, runs } = open({ busy: true })
    check.consider("one")
    await check.tick()
    expect([runs(), verdicts, readiness.isReady]).deep.equal([1, [], true])
  })

  it("looks at the share that it is told, and never at many at once", async () => {
    const none = open({ share: 0 })
    none.check.consider("one")
    await none.check.tick()
    expect(none.runs()).equal(0)
    const all = open()
    for (let i = 0; i < 100; i++) all.check.consider("one")
    for (let i = 0; i < 100; i++) await all.check.tick()
    expect(all.runs()).equal(16)
  })
})
