import { writeFileSync } from "node:fs"
import { expect } from "chai"
import { interpret } from "../../src/engine/reference/interpreter.ts"
import { readModel } from "../../src/cli/model-file.ts"
import { readInputs } from "../../src/cli/input.ts"
import { type AnswerTerms, signRun } from "../../src/sdk/answer.ts"
import { bundleOf, decodeBundle, encodeBundle } from "../../src/sdk/bundle.ts"
import { MemoryJournal } from "../../src/sdk/journal.ts"
import { type Chain, account, startChain } from "./chain.ts"
import { Desk, type Ended, MODEL, type Reply, SEVEN, THREE, onus } from "./run.ts"

const [provider, key, consumer, challenger, liar] = [1, 2, 3, 4, 5].map(account)
const TOKEN = 10n ** 18n

const replyOf = ({ stdout }: Ended) => JSON.parse(stdout) as Reply

describe("onus: the life of an answer", () => {
  let chain: Chain
  let desk: Desk

  before(async () => {
    chain = await startChain()
    desk = new Desk(chain)
  })
  after(async () => {
    desk.remove()
    await chain.close()
  })

  const attest = (out: string, picture: string, id: string, ...more: string[]) =>
    desk.json(
      key,
      "attest",
      MODEL,
      "--input",
      `image=${picture}`,
      "--provider",
      provider.address,
      "--consumer",
      consumer.address,
      "--coverage",
      "10",
      "--request-id",
      id,
      "--out",
      out,
      ...more,
    )

  it("registers, stakes, adds keys and registers the model", async () => {
    const registered = await desk.json(provider, "provider", "register", "--uri", "https://a.example")
    expect(registered).to.include({ provider: provider.address, uri: "https://a.example" })
    expect(registered.transaction).to.match(/^0x[0-9a-f]{64}$/)

    expect(await desk.json(provider, "provider", "stake", "250")).to.include({
      deposited: "250",
      stake: "250",
    })
    expect(await desk.json(provider, "provider", "stake", "12.5")).to.include({ stake: "262.5" })
    const added = await desk.json(
      provider,
      "provider",
      "key",
      "add",
      key.address,
      "--roles",
      "sign,anchor",
      "--until",
      "+30d",
    )
    expect(added).to.include({ provider: provider.address, key: key.address })

    const { modelId } = await desk.json(provider, "model", "add", MODEL, "--uri", "https://a.example/m.onnx")
    expect(modelId).to.equal(readModel(MODEL).modelId)
    const shown = await desk.json(undefined, "model", "show", MODEL)
    expect(shown).to.deep.include({ modelId, inputs: [{ name: "image", shape: [1, 1, 28, 28] }] })
    expect((await desk.json(undefined, "model", "show", modelId)).registeredAt).to.equal(shown.registeredAt)
  })

  it("shows the provider with the keys that its events tell of", async () => {
    const other = account(9).address
    await desk.json(provider, "provider", "key", "add", other, "--roles", "sign,anchor")
    await desk.json(provider, "provider", "key", "revoke", other)
    await chain.wait(60)
    const shown = await desk.json(undefined, "provider", "show", provider.address)
    expect(shown).to.include({
      status: "registered",
      stake: "262.5",
      locked: "0",
      capacity: "65.625",
      score: null,
    })
    expect(shown.keys.map((one) => [one.address, one.valid])).to.deep.equal([
      [key.address, true],
      [other, false],
    ])
  })

  it("attests two answers and claims each request before it signs", async () => {
    const first = await attest("one.json", SEVEN, "one")
    expect(first).to.include({ assurance: "signed", bundle: "one.json" })
    const { probabilities } = first.outputs
    expect(probabilities.indexOf(Math.max(...probabilities))).to.equal(7)
    const second = await attest("two.json", THREE, "two")
    expect(desk.read(".onus/journal")).to.contain(first.receiptId).and.contain(second.receiptId)
    expect(decodeBundle(desk.read("one.json")).inclusion).to.equal(undefined)
  })

  it("verifies an answer that is signed only", async () => {
    const { verdict, assurance } = await desk.json(undefined, "verify", "one.json", "--model", MODEL)
    expect({ verdict, assurance }).to.deep.equal({ verdict: "match", assurance: "signed" })
  })

  it("anchors both as one batch and writes into the files where they stand", async () => {
    const before = decodeBundle(desk.read("one.json"))
    const anchored = await desk.json(provider, "anchor", "one.json", "two.json")
    expect(anchored).to.include({ count: 2, coverage: "20", already: false })
    const [one, two] = ["one.json", "two.json"].map((name) => decodeBundle(desk.read(name)))
    expect({ ...one, inclusion: undefined }).to.deep.equal({ ...before, inclusion: undefined })
    expect(one.inclusion?.batch).to.deep.equal(two.inclusion?.batch)
    expect(new Set([one.inclusion?.index, two.inclusion?.index])).to.deep.equal(new Set([0n, 1n]))
    expect(desk.files()).to.deep.equal([".onus", ".onus/journal", "one.json", "two.json"])
  })

  it("completes the files, without a second transaction, when the batch is anchored already", async () => {
    const complete = desk.read("one.json")
    const { signed, tensors } = decodeBundle(complete)
    writeFileSync(desk.path("one.json"), encodeBundle({ signed, tensors }))
    const again = await desk.json(provider, "anchor", "two.json", "one.json")
    expect(again.already).to.equal(true)
    expect(again).to.not.have.property("transaction")
    expect(desk.read("one.json")).to.equal(complete)
  })

  it("verifies an anchored answer", async () => {
    const shown = await desk.json(undefined, "verify", "one.json", "--model", MODEL)
    expect(shown).to.include({ verdict: "match", assurance: "anchored", coverage: "10", key: key.address })
    expect(shown.convicted).to.deep.equal([])
  })

  it("prints for people without colours and with data on stdout only", async () => {
    const ended = await onus(
      desk.folder,
      { ...desk.env(), NO_COLOR: "1" },
      "verify",
      "one.json",
      "--model",
      MODEL,
    )
    expect(ended.stderr).to.equal("")
    expect(ended.stdout)
      .to.match(/^match\n/)
      .and.contain("largest: element 7")
      .and.contain("anchored until")
    expect(ended.stdout).to.not.contain("\u001b")
  })

  it("will not dispute a right answer", async () => {
    await desk.refused({ code: "AnswerRight", exit: 5 }, challenger, "dispute", "one.json", "--model", MODEL)
  })

  it("attests on chain right away with --post", async () => {
    const posted = await attest("three.json", THREE, "three", "--post")
    expect(posted).to.include({ assurance: "anchored" })
    expect(posted.gas).to.be.greaterThan(20_000)
    const shown = await desk.json(undefined, "verify", "three.json", "--model", MODEL)
    expect(shown).to.include({ verdict: "match", assurance: "anchored" })
  })

  describe("a lie", () => {
    let payoutId: string

    before(async () => {
      await desk.json(liar, "provider", "register")
      await desk.json(liar, "provider", "stake", "300")
      await desk.json(liar, "provider", "key", "add", liar.address, "--roles", "sign,anchor")
      // Falsified by somebody who did not use this command line.
      for (const [name, picture, id] of [
        ["lie.json", SEVEN, "lie"],
        ["truth.json", SEVEN, "double"],
        ["double.json", THREE, "double"],
      ])
        writeFileSync(desk.path(name), await signedBy(picture, id, name === "lie.json"))
      await desk.json(liar, "anchor", "lie.json", "truth.json")
    })

    async function signedBy(picture: string, id: string, lying: boolean): Promise<string> {
      const program = readModel(MODEL)
      const run = interpret(program, readInputs(program, [`image=${picture}`]), (step, output) => {
        if (lying && step === 2) output[4 * 42 + 3] ^= 1 << 3
      })
      const { receipt } = decodeBundle(desk.read("one.json")).signed
      const terms: AnswerTerms = {
        ...receipt,
        provider: liar.address,
        requestId: `0x${Buffer.from(id.padEnd(32)).toString("hex")}`,
        issuedAt: await now(),
        anchorWithin: 3600n,
      }
      const registry = { chainId: 31337n, address: chain.registry }
      const { signed } = await signRun({ registry, key: liar, journal: new MemoryJournal() }, run, terms)
      return encodeBundle(bundleOf(signed, run))
    }

    const now = async () => {
      const block = await chain.deployment.onus.runner!.provider!.getBlock("latest")
      return BigInt(block!.timestamp)
    }

    it("is found by verify, with step, element and both values", async () => {
      const ended = await onus(desk.folder, desk.env(), "verify", "lie.json", "--model", MODEL, "--json")
      expect(ended.code).to.equal(3)
      const { verdict, assurance, fault } = replyOf(ended)
      expect({ verdict, assurance }).to.deep.equal({ verdict: "mismatch", assurance: "anchored" })
      expect(fault).to.include({ step: 2, element: 42, tensor: "trace" })
      expect(Number(fault.claimed.bits) ^ Number(fault.correct.bits)).to.equal(1 << 27)
      const people = await onus(desk.folder, desk.env(), "verify", "lie.json", "--model", MODEL)
      expect(people.code).to.equal(3)
      expect(people.stdout).to.match(/^mismatch\nstep 2, element 42: claimed .* right is /)
    })

    it("costs in a dry run what the conviction then takes", async () => {
      const dry = await desk.json(undefined, "dispute", "lie.json", "--model", MODEL, "--dry-run")
      expect(dry).to.include({ convicted: false, wouldConvict: true, bond: "20", restitution: "10" })
      expect((await chain.deployment.onus.account(liar.address)).active).to.equal(300n * TOKEN)

      const convicted = await desk.json(challenger, "dispute", "lie.json", "--model", MODEL)
      payoutId = convicted.payoutId
      for (const part of ["bond", "punitive", "restitution", "reward", "burned"] as const)
        expect(convicted[part], part).to.equal(dry[part])
      expect((await chain.deployment.onus.account(liar.address)).active).to.equal(260n * TOKEN)
      expect(Math.abs(convicted.gas - dry.gas)).to.be.lessThan(dry.gas / 5)
      const ended = await onus(desk.folder, desk.env(), "verify", "lie.json", "--model", MODEL, "--json")
      expect(replyOf(ended).convicted).to.deep.equal(["WrongExecution"])
    })

    it("is convicted once", async () => {
      await desk.refused(
        { code: "AlreadyConvicted", exit: 5 },
        challenger,
        "dispute",
        "lie.json",
        "--model",
        MODEL,
      )
    })

    it("told as two answers to one request is equivocation, and the bond pays too", async () => {
      await desk.refused(
        { code: "ReceiptsIdentical", exit: 5 },
        challenger,
        "convict",
        "truth.json",
        "truth.json",
      )
      await desk.refused(
        { code: "RequestMismatch", exit: 5 },
        challenger,
        "convict",
        "truth.json",
        "lie.json",
      )
      const byPlace = ["truth.json", "placed.json", "--bond", "--by-place"]
      const placed = (signed: string) => {
        const bundle = decodeBundle(signed)
        const signature = `0x${"11".repeat(64)}1b`
        writeFileSync(
          desk.path("placed.json"),
          encodeBundle({ ...bundle, signed: { ...bundle.signed, signature } }),
        )
      }
      placed(desk.read("double.json"))
      await desk.refused({ code: "NotAnchored", exit: 5 }, challenger, "convict", ...byPlace)
      await desk.json(liar, "anchor", "double.json")
      placed(desk.read("double.json"))
      await desk.refused(
        { code: "SignatureInvalid", exit: 5 },
        challenger,
        "convict",
        ...byPlace.slice(0, -1),
      )
      const convicted = await desk.json(challenger, "convict", ...byPlace)
      expect(convicted).to.include({ convicted: true, bond: "20", restitution: "10" })
      const shown = await desk.json(undefined, "provider", "show", liar.address)
      expect(shown).to.include({ status: "excluded", faults: 2 })
      await desk.refused({ code: "ProviderTombstoned", exit: 5 }, liar, "provider", "stake", "1")
    })

    it("owes restitution and reward after the escrow, once", async () => {
      await desk.refused({ code: "PayoutNotMatured", exit: 5 }, challenger, "claim", payoutId)
      await chain.wait(4 * 86_400)
      const { token } = chain.deployment
      const before = await token.balanceOf(consumer.address)
      await desk.refused({ code: "ReceiptMissing", exit: 2 }, challenger, "claim", payoutId, "--restitution")
      const first = await desk.json(challenger, "claim", "lie.json", "--restitution")
      expect(first.payoutId).to.equal(payoutId)
      expect(first.claimed).to.have.length(1)
      expect(first.claimed[0]).to.include({ share: "restitution", to: consumer.address, amount: "10" })
      expect((await token.balanceOf(consumer.address)) - before).to.equal(10n * TOKEN)
      const second = await desk.json(challenger, "claim", payoutId)
      expect(second.claimed[0]).to.include({ share: "reward", to: challenger.address, amount: "8" })
      await desk.refused({ code: "PayoutEmpty", exit: 5 }, challenger, "claim", payoutId)
      await desk.refused({ code: "PayoutEmpty", exit: 5 }, challenger, "claim", payoutId, "--reward")
      await desk.refused({ code: "PayoutEmpty", exit: 5 }, challenger, "claim", "lie.json")
      const burned = await desk.json(challenger, "claim", payoutId, "--burn")
      expect(burned.claimed[0]).to.include({ share: "burnable", amount: "22" })
      await desk.refused({ code: "PayoutEmpty", exit: 5 }, challenger, "claim", "one.json")
    })
  })

  describe("afterwards", () => {
    it("burns fees for a provider, of each payer as much as counts", async () => {
      const season = ["provider", "season", "--provider", provider.address, "--model", MODEL]
      const half = await desk.json(consumer, ...season, "0.5")
      expect(half).to.include({ payer: consumer.address, provider: provider.address, burned: "0.5" })
      expect(half).to.include({ days: 2.5, modelDays: 2.5 })
      expect(Number(half.mostFee)).to.be.within(0.5, 0.51)
      const { hint } = await desk.refused({ code: "FeeAboveCap", exit: 5 }, consumer, ...season, "1")
      expect(hint).to.contain("somebody else")
      const nobody = season.with(3, consumer.address)
      await desk.refused({ code: "ProviderUnknown", exit: 5 }, consumer, ...nobody, "1")
      const most = await desk.json(consumer, ...season, "most")
      expect(Number(most.mostFee)).to.be.below(0.001)
      await desk.refused(
        { code: "ModelUnknown", exit: 5 },
        consumer,
        ...season.slice(0, -1),
        `0x${"12".repeat(32)}`,
        "1",
      )
    })

    it("makes an answer final and releases the bond after the window, once", async () => {
      const { assurance } = await desk.json(undefined, "verify", "one.json", "--model", MODEL)
      expect(assurance).to.equal("final")
      expect(await desk.json(challenger, "release", "one.json")).to.include({ released: "40" })
      await desk.refused({ code: "NothingLocked", exit: 5 }, challenger, "release", "two.json")
      expect(await desk.json(challenger, "release", "three.json")).to.include({ released: "20" })
    })

    it("shows the providers side by side", async () => {
      const { providers, token } = await desk.json(undefined, "reputation", provider.address, liar.address)
      expect(token).to.equal("DEMO")
      const [honest, lying] = providers
      expect(honest).to.include({ status: "registered", faults: 0, lossRatio: 0 })
      expect(honest.score).to.be.greaterThan(lying.score)
      expect(lying).to.include({ status: "excluded", faults: 2 })
      const byModel = await desk.json(undefined, "reputation", provider.address, "--model", MODEL)
      expect(byModel.modelId).to.equal(readModel(MODEL).modelId)
      const ended = await onus(desk.folder, desk.env(), "reputation", provider.address, liar.address)
      expect(ended.stdout).to.match(/^status {7}registered +excluded$/m)
    })

    it("takes stake out after the thaw", async () => {
      const thawing = await desk.json(provider, "provider", "thaw", "62.5")
      expect(thawing).to.include({ thawing: "62.5" })
      await desk.refused({ code: "ThawNotMatured", exit: 5 }, provider, "provider", "withdraw")
      await chain.wait(24 * 86_400)
      expect(await desk.json(provider, "provider", "withdraw")).to.include({ withdrawn: "62.5" })
      await desk.refused({ code: "ThawEmpty", exit: 5 }, provider, "provider", "withdraw")
    })
  })
})
