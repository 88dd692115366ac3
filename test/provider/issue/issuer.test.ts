import { expect } from "chai"
import { ZeroHash } from "ethers"
import { OnusError } from "../../../src/protocol/errors.ts"
import { receiptId, recoverSigner, requestKey } from "../../../src/protocol/receipt.ts"
import { traceCommitment } from "../../../src/protocol/trace.ts"
import { interpret } from "../../../src/engine/reference/interpreter.ts"
import { commit } from "../../../src/engine/trace/commitment.ts"
import type { Prepare } from "../../../src/provider/issue/issuer.ts"
import { windowsBetween } from "../../../src/provider/issue/request.ts"
import type { Answered, Pool } from "../../../src/pool/pool.ts"
import { openPool } from "../../../src/pool/open.ts"
import { inputsFrom } from "../../../src/pool/work.ts"
import { localKey } from "../../../src/service/key/local.ts"
import { KEY, NOW, PROVIDER, REGISTRY, digits, issuerOver, picture, wishes } from "../parts.ts"

const code = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "none",
    (error: { code?: string }) => error.code ?? "an error without a code",
  )

describe("the way of a request to a signed answer", () => {
  const program = digits()
  const { modelId } = program
  let pool: Pool
  const question = (id: number, more: Parameters<typeof wishes>[1] = {}, name = "7-chalk") => ({
    modelId,
    inputs: picture(name),
    wishes: wishes(id, more),
  })
  /** The pool with another way to run. */
  const poolThat = (run: Pool["run"]): Pool => ({
    programs: pool.programs,
    requireRoom: (id) => pool.requireRoom(id),
    rootsOf: (id, inputs, trace) => pool.rootsOf(id, inputs, trace),
    evidenceOf: (id, inputs) => pool.evidenceOf(id, inputs),
    close: () => Promise.resolve(),
    run,
  })
  const failing = (error: Error) => poolThat(() => Promise.reject(error))

  before(async () => {
    pool = await openPool([{ program }])
  })
  after(() => pool.close())

  it("signs what the run committed to, on the terms that were asked for, at the chain's time", async () => {
    const { issuer, journal, cover } = issuerOver(pool)
    const { signed, entry, outputs } = await issuer.answer(question(1))
    const run = interpret(program, inputsFrom(program, picture()))
    const { inputRoot, outputRoot, traceRoot } = commit(run)
    const { consumer, requestId } = wishes(1)
    const context = { provider: PROVIDER.address, modelId, consumer, requestId }
    expect(signed.receipt).to.deep.equal({
      ...context,
      inputCommitment: inputRoot,
      outputCommitment: outputRoot,
      traceCommitment: traceCommitment(REGISTRY, context, traceRoot),
      coverage: 10n,
      issuedAt: NOW,
      anchorBy: NOW + 3600n,
      challengeWindow: 21_600n,
      termsHash: ZeroHash,
    })
    expect(signed.receiptId).to.equal(receiptId(REGISTRY, signed.receipt))
    expect(recoverSigner(signed)).to.equal(KEY.address)
    expect(outputs[0]).to.deep.equal(run.bytes(program.outputs[0].tensor))
    expect(cover.left).to.equal(990n)
    await issuer.settled()
    expect(journal.entries.get(entry.request)?.signed).to.deep.equal(signed)
  })

  it("makes an answer ready before its claim is durable, and gives it only then", async () => {
    const key = localKey(KEY.privateKey, "the test")
    const { issuer, journal } = issuerOver(pool, { key })
    const durable = Promise.withResolvers<void>()
    const claim = journal.claim.bind(journal)
    journal.claim = (wanted) => durable.promise.then(() => claim(wanted))
    const prepared = Promise.withResolvers<Parameters<Prepare>[0]>()
    let isGiven = false
    const answering = issuer.answer(question(1), prepared.resolve).finally(() => (isGiven = true))
    const { signed, outputs } = await prepared.promise
    await new Promise((resolve) => setImmediate(resolve))
    expect([isGiven, journal.entries.size]).to.deep.equal([false, 0])
    durable.resolve()
    const issued = await answering
    expect(issued.signed).to.equal(signed)
    expect(issued.outputs).to.equal(outputs)
    // What was made ready for a claim that is refused is never given.
    journal.failures.claim = new OnusError("DatabaseFull", "no room")
    expect(await code(issuer.answer(question(2), () => {}))).to.equal("DatabaseFull")
  })

  it("commits to no trace when it is lazy", async () => {
    const { issuer } = issuerOver(pool)
    const { signed } = await issuer.answer(question(1, { trace: "lazy" }))
    expect(signed.receipt.traceCommitment).to.equal(ZeroHash)
  })

  it("gives the same request the same receipt, asked again or at the same time", async () => {
    const { issuer, cover, key } = issuerOver(pool)
    const [first, second] = await Promise.all([issuer.answer(question(1)), issuer.answer(question(1))])
    await issuer.settled()
    const third = await issuer.answer(question(1, { anchorWithin: 60n }))
    expect(second.signed).to.deep.equal(first.signed)
    expect(third.signed).to.deep.equal(first.signed)
    expect(third.outputs).to.deep.equal(first.outputs)
    expect([key.signatures, cover.left]).to.deep.equal([1, 990n])
  })

  it("refuses another question for a request, asked later or at the same time", async () => {
    const { issuer, cover } = issuerOver(pool)
    const [first, ...others] = [
      question(1),
      question(1, {}, "3-marker"),
      question(1, { coverage: 11n }),
      question(1, { trace: "lazy" }),
      question(1, { sealedFor: new Uint8Array(32) }),
    ]
    const answers = [first, ...others].map((one) => code(issuer.answer(one)))
    expect(await Promise.all(answers)).to.deep.equal(["none", ...others.map(() => "RequestIdReused")])
    for (const one of others) expect(await code(issuer.answer(one))).to.equal("RequestIdReused")
    expect(cover.left).to.equal(990n)
  })

  it("keeps old promises when it makes no new ones", async () => {
    const { issuer, cover, readiness } = issuerOver(pool)
    const first = await issuer.answer(question(1))
    await issuer.settled()
    readiness.report("gas", { code: "GasLow", message: "the sender has no gas money" })
    cover.left = 0n
    expect((await issuer.answer(question(1))).signed).to.deep.equal(first.signed)
    expect(await code(issuer.answer(question(2)))).to.equal("NotReady")
    expect(await code(issuer.answer(question(1, { coverage: 11n })))).to.equal("RequestIdReused")
    readiness.report("gas")
    expect(await code(issuer.answer(question(2)))).to.equal("CoverExhausted")
    expect(cover.left).to.equal(0n)
  })

  it("frees request and cover when the run fails", async () => {
    const { issuer, journal, cover } = issuerOver(failing(new OnusError("RunFailed", "no")))
    expect(await code(issuer.answer(question(1)))).to.equal("RunFailed")
    expect([journal.entries.size, cover.left]).to.deep.equal([0, 1000n])
  })

  it("holds the cover of a claim that it cannot give up", async () => {
    let isFailing = true
    const run: Pool["run"] = (...all) =>
      isFailing ? Promise.reject(new OnusError("RunFailed", "no")) : pool.run(...all)
    const { issuer, journal, cover } = issuerOver(poolThat(run))
    journal.failures.abandon = new OnusError("DatabaseUnavailable", "gone")
    expect(await code(issuer.answer(question(1)))).to.equal("RunFailed")
    expect(cover.left).to.equal(990n)
    isFailing = false
    await issuer.answer(question(1))
    expect(cover.left).to.equal(990n)
  })

  it("holds the cover of a claim that may be on the disk, until it knows", async () => {
    const { issuer, journal, cover } = issuerOver(pool)
    journal.failures.claim = new OnusError("DatabaseUnavailable", "gone")
    expect(await code(issuer.answer(question(1)))).to.equal("DatabaseUnavailable")
    expect(cover.left).to.equal(990n)
    // It was not there.
    await issuer.answer(question(1))
    expect(cover.left).to.equal(990n)
    journal.failures.claim = new OnusError("DatabaseFull", "no room")
    expect(await code(issuer.answer(question(2)))).to.equal("DatabaseFull")
    expect(cover.left).to.equal(990n)
  })

  it("never gives up a claim for which a signature may exist", async () => {
    const { issuer, journal, key, readiness, cover } = issuerOver(pool)
    key.failure = new OnusError("SignerUnavailable", "it does not answer")
    expect(await code(issuer.answer(question(1)))).to.equal("SignerUnavailable")
    expect([journal.entries.size, cover.left]).to.deep.equal([1, 990n])
    expect(readiness.problems.map(({ check }) => check)).to.deep.equal(["signer"])
    key.failure = undefined
    // The consumer asks again, or the node finishes it by itself: the same receipt.
    const { signed } = await issuer.answer(question(1))
    while (!readiness.isReady) await new Promise((resolve) => setTimeout(resolve, 50))
    expect([...journal.entries.values()][0].signed).to.deep.equal(signed)
    expect(cover.left).to.equal(990n)
    await issuer.close()
  })

  it("keeps a receipt until it is kept, and takes no work meanwhile", async () => {
    const { issuer, journal, readiness } = issuerOver(pool)
    journal.failures.keep = new OnusError("DatabaseFull", "no room")
    const { signed } = await issuer.answer(question(1))
    expect((await issuer.entryOf(signed.receiptId))?.signed).to.deep.equal(signed)
    while (readiness.isReady) await new Promise((resolve) => setImmediate(resolve))
    expect(await code(issuer.answer(question(2)))).to.equal("NotReady")
    await issuer.settled()
    expect(readiness.isReady).to.equal(true)
    expect([...journal.entries.values()][0].signed).to.deep.equal(signed)
  })

  it("makes the same receipt of a claim that was interrupted", async () => {
    const before = issuerOver(failing(new OnusError("RunFailed", "no")))
    before.journal.failures.abandon = new Error("the process was killed")
    await code(before.issuer.answer(question(1)))
    const [entry] = before.journal.entries.values()
    const after = issuerOver(pool, { journal: before.journal, now: () => NOW + 99n })
    const { signed } = await after.issuer.resume(entry)
    expect(signed.receipt.issuedAt).to.equal(NOW)
    expect(before.journal.entries.get(entry.request)?.signed).to.deep.equal(signed)
    expect((await after.issuer.answer(question(1))).signed).to.deep.equal(signed)
    expect(after.cover.left).to.equal(1000n)
  })

  it("answers for what another replica has claimed only when the receipt is kept", async () => {
    const { issuer, journal } = issuerOver(pool)
    const { terms, trace, inputs } = (await issuer.answer(question(1))).entry
    await issuer.settled()
    journal.entries.set(requestKey(terms), { request: requestKey(terms), terms, trace, inputs })
    journal.failures.keep = new OnusError("ClaimUnknown", "the other one has given it up")
    expect(await code(issuer.answer(question(1)))).to.equal("ClaimUnknown")
  })

  it("does not sign what two computations do not agree on", async () => {
    const lying = poolThat(async (...all): Promise<Answered> => ({
      ...(await pool.run(...all)),
      inputRoot: ZeroHash,
    }))
    const { issuer, key } = issuerOver(lying)
    expect(await code(issuer.answer(question(1)))).to.equal("RunFailed")
    expect(await code(issuer.answer(question(2)))).to.equal("NotReady")
    expect(key.signatures).to.equal(0)
  })

  it("does not hand out an answer that differs from the one it signed", async () => {
    const drift: { root?: string } = {}
    const drifting = poolThat(async (...all): Promise<Answered> => {
      const answered = await pool.run(...all)
      return { ...answered, outputRoot: drift.root ?? answered.outputRoot }
    })
    const { issuer, readiness } = issuerOver(drifting)
    await issuer.answer(question(1))
    await issuer.settled()
    drift.root = ZeroHash
    expect(await code(issuer.answer(question(1)))).to.equal("AnswerDiffers")
    expect(readiness.problems.map(({ check }) => check)).to.deep.equal(["answers"])
  })

  it("claims nothing that no thread would take", async () => {
    const busy: Pool = {
      ...poolThat(pool.run.bind(pool)),
      requireRoom: () => {
        throw new OnusError("PoolBusy", "too many")
      },
    }
    const { issuer, journal, cover } = issuerOver(busy)
    expect(await code(issuer.answer(question(1)))).to.equal("PoolBusy")
    expect([journal.calls.length, cover.left]).to.deep.equal([0, 1000n])
  })

  it("gives windows in steps, never a shorter one than was asked for: a batch holds those of one window", async () => {
    const between = { min: 600n, max: 86_400n }
    const windows = windowsBetween(between, 21_600n)
    expect(windows).to.deep.equal(
      [600, 1200, 2400, 4800, 9600, 19_200, 21_600, 38_400, 76_800, 86_400].map(BigInt),
    )
    const any = { min: 1n, max: 100_000n }
    const limits = { coverage: any, anchorWithin: any, challengeWindow: between, windows }
    const { issuer } = issuerOver(pool, { limits })
    const given: bigint[] = []
    for (const [i, challengeWindow] of [600n, 601n, 20_000n, 86_399n, 86_400n].entries()) {
      const { signed } = await issuer.answer(question(i, { challengeWindow }))
      given.push(signed.receipt.challengeWindow)
    }
    expect(given).to.deep.equal([600n, 1200n, 21_600n, 86_400n, 86_400n])
    const again = await issuer.answer(question(1, { challengeWindow: 601n }))
    expect(again.signed.receipt.challengeWindow).to.equal(1200n)
  })

  it("takes what it said that it takes", async () => {
    const range = { min: 5n, max: 10n }
    const { issuer } = issuerOver(pool, {
      limits: { coverage: range, challengeWindow: range, anchorWithin: range },
      mayChooseId: () => false,
    })
    const fine = { coverage: 5n, challengeWindow: 10n, anchorWithin: 7n, isIdChosen: false }
    const asked = (more: object) => code(issuer.answer(question(1, { ...fine, ...more })))
    expect(await asked({ coverage: 4n })).to.equal("CoverageOutOfRange")
    expect(await asked({ coverage: 11n })).to.equal("CoverageOutOfRange")
    expect(await asked({ challengeWindow: 11n })).to.equal("WindowOutOfRange")
    expect(await asked({ anchorWithin: 0n })).to.equal("AnchorWithinOutOfRange")
    expect(await asked({ isIdChosen: true })).to.equal("RequestIdRefused")
    expect(await asked({})).to.equal("none")
  })
})
