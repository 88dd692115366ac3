import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { mkdirSync, mkdtempSync, readdirSync, rmdirSync, writeFileSync } from "node:fs"
import { expect } from "chai"
import { Wallet, encryptKeystoreJson, id } from "ethers"
import { signReceipt } from "../../src/protocol/receipt.ts"
import { prepareBatch } from "../../src/sdk/anchor.ts"
import { decodeBundle, encodeBundle } from "../../src/sdk/bundle.ts"
import type { BundleJson } from "../sdk/bundle-json.ts"
import { fileWith } from "../engine/onnx/models.ts"
import { type Chain, account, startChain } from "./chain.ts"
import { Desk, type Ended, MODEL, type Reply, SEVEN, THREE, onus } from "./run.ts"

const [provider, consumer, stranger, poor] = [1, 2, 3, 4].map(account)
const nobody = new Wallet(`0x${"11".repeat(32)}`)
const INPUT = ["--input", `image=${SEVEN}`]
const VERIFY = ["verify", "good.json", "--model", MODEL]

describe("onus: what it refuses", () => {
  let chain: Chain
  let desk: Desk

  const write = (name: string, content: string | Uint8Array) => writeFileSync(desk.path(name), content)
  const terms = (out: string) => ["--consumer", consumer.address, "--coverage", "10", "--out", out]
  const attest = (model: string, ...more: string[]) => ["attest", model, ...terms("new.json"), ...more]
  const tampered = (name: string, change: (json: BundleJson) => void) => {
    const json = JSON.parse(desk.read("good.json")) as BundleJson
    change(json)
    write(name, JSON.stringify(json))
  }

  before(async () => {
    chain = await startChain()
    desk = new Desk(chain)
    for (const who of [provider, poor]) {
      await desk.json(who, "provider", "register")
      await desk.json(who, "provider", "key", "add", who.address, "--roles", "sign,anchor", "--until", "+30d")
      await desk.json(who, "provider", "stake", who === poor ? "100" : "1000")
    }
    await desk.json(provider, "model", "add", MODEL)
    await desk.json(provider, "attest", MODEL, ...INPUT, ...terms("good.json"), "--request-id", "used")
    await desk.json(provider, "attest", MODEL, "--input", `image=${THREE}`, ...terms("second.json"))
    await desk.json(provider, "anchor", "good.json", "second.json")
  })
  after(async () => {
    desk.remove()
    await chain.close()
  })

  describe("models and inputs, before anything is signed", () => {
    it("a file that is no ONNX", async () => {
      write("broken.onnx", "this is text")
      await desk.refused({ code: "OnnxMalformed", exit: 2 }, provider, "model", "add", "broken.onnx")
      await desk.refused({ code: "FileUnreadable", exit: 2 }, provider, "model", "add", "none.onnx")
    })

    it("an operator that is not supported, named with its node", async () => {
      const node = [{ name: "my_stft", opType: "STFT", input: ["x"], output: ["y"] }]
      write("stft.onnx", fileWith({ node }))
      const args = attest("stft.onnx", "--input", "x=none.json")
      const { message } = await desk.refused({ code: "OperatorUnsupported", exit: 2 }, provider, ...args)
      expect(message).to.contain("STFT").and.contain("my_stft")
    })

    it("inputs of another shape, name or kind", async () => {
      write("short.json", JSON.stringify(Array(783).fill(0)))
      write("ragged.json", "[[1, 2], [3]]")
      write("words.json", '["one"]')
      write("wide.json", JSON.stringify(Array(14).fill(Array(56).fill(0))))
      write("cut.npy", "\x93NUMPY")
      const refuse = (code: string, ...input: string[]) =>
        desk.refused(
          { code, exit: 2 },
          provider,
          ...attest(MODEL, ...input.flatMap((one) => ["--input", one])),
        )
      write("broken.png", "no picture")
      const [{ message }] = await Promise.all([
        refuse("InputShapeMismatch", "image=short.json"),
        refuse("InputShapeMismatch", "image=wide.json"),
        refuse("InputFileMalformed", "image=ragged.json"),
        refuse("InputFileMalformed", "image=words.json"),
        refuse("InputFileMalformed", "image=cut.npy"),
        refuse("InputUnknown", `picture=${SEVEN}`),
        refuse("InputMissing"),
        refuse("InputArgumentInvalid", SEVEN),
        refuse("ImageMalformed", "image=broken.png"),
      ])
      expect(message).to.contain("[783]").and.contain("1,1,28,28")
    })

    it("a model that nobody registered", async () => {
      const relu = [{ name: "relu", opType: "Relu", input: ["x"], output: ["y"] }]
      write("relu.onnx", fileWith({ node: relu }))
      write("x.json", "[1, -1]")
      const args = attest("relu.onnx", "--input", "x=x.json")
      const { hint } = await desk.refused({ code: "ModelUnknown", exit: 5 }, provider, ...args)
      expect(hint).to.contain("onus model add")
    })
  })

  describe("answers that should not be signed", () => {
    it("a second one to the same request", async () => {
      const journal = desk.read(".onus/journal")
      const args = attest(MODEL, "--input", `image=${THREE}`, "--request-id", "used")
      const { hint } = await desk.refused({ code: "RequestIdReused", exit: 5 }, provider, ...args)
      expect(hint).to.contain("equivocation")
      expect(desk.read(".onus/journal")).to.equal(journal)
    })

    it("a second one to the same request from another folder", async () => {
      const elsewhere = mkdtempSync(desk.path("elsewhere-"))
      const args = attest(MODEL, "--input", `image=${THREE}`, "--request-id", "used")
      const { code, stderr } = await onus(elsewhere, desk.env(provider), ...args)
      expect(code, stderr).to.equal(5)
      expect(stderr).to.contain("RequestIdReused")
      expect(readdirSync(elsewhere)).to.deep.equal([])
      rmdirSync(elsewhere)
    })

    it("one that would overwrite another", async () => {
      const args = ["attest", MODEL, ...INPUT, ...terms("good.json")]
      const before = desk.read("good.json")
      await desk.refused({ code: "FileExists", exit: 5 }, provider, ...args)
      expect(desk.read("good.json")).to.equal(before)
    })

    it("one whose file cannot be written, so that its request stays free", async () => {
      const journal = desk.read(".onus/journal")
      const into = (out: string) => ["attest", MODEL, ...INPUT, ...terms(out), "--request-id", "free"]
      for (const out of ["missing/new.json", "good.json/new.json"]) {
        const { hint } = await desk.refused({ code: "FileNotWritten", exit: 2 }, provider, ...into(out))
        expect(hint).to.contain("folder")
        expect(desk.read(".onus/journal")).to.equal(journal)
      }
      const signed = await desk.json(provider, ...into("free.json"))
      expect(desk.read(".onus/journal")).to.contain(signed.receiptId)
      expect(decodeBundle(desk.read("free.json")).signed.receipt.requestId).to.equal(id("free"))
    })

    it("one with a journal that is none", async () => {
      write("journal", "something else")
      const args = attest(MODEL, ...INPUT, "--journal", "journal")
      await desk.refused({ code: "JournalMalformed", exit: 2 }, provider, ...args)
    })

    it("with a key that was never added, or for terms that the contract would refuse", async () => {
      const strange = attest(MODEL, ...INPUT, "--provider", provider.address)
      await desk.refused({ code: "KeyNotValid", exit: 77 }, stranger, ...strange)
      const journal = desk.read(".onus/journal")
      const long = attest(MODEL, ...INPUT, "--window", "15d")
      await desk.refused({ code: "WindowOutOfRange", exit: 5 }, provider, ...long)
      const dear = [
        "attest",
        MODEL,
        ...INPUT,
        "--consumer",
        consumer.address,
        "--coverage",
        "26",
        "--out",
        "new.json",
      ]
      const { hint } = await desk.refused({ code: "StakeTooLow", exit: 5 }, poor, ...dear)
      expect(hint).to.contain("stake")
      expect(desk.read(".onus/journal")).to.equal(journal)
    })
  })

  describe("evidence", () => {
    it("whose tensors were changed", async () => {
      tampered("bad-output.json", ({ tensors }) => {
        const bytes = Buffer.from(tensors.output, "base64")
        bytes[0] ^= 1
        tensors.output = bytes.toString("base64")
      })
      const error = await desk.refused(
        { code: "CommitmentMismatch", exit: 4 },
        undefined,
        "verify",
        "bad-output.json",
        "--model",
        MODEL,
      )
      expect(error.message).to.contain("output")
    })

    it("whose receipt was changed after it was signed", async () => {
      tampered("bad-receipt.json", ({ receipt }) => (receipt.coverage = "99000000000000000000"))
      const args = ["verify", "bad-receipt.json", "--model", MODEL]
      await desk.refused({ code: "ReceiptSignatureInvalid", exit: 4 }, undefined, ...args)
      await desk.refused({ code: "ReceiptSignatureInvalid", exit: 4 }, provider, "anchor", "bad-receipt.json")
    })

    it("whose Merkle path leads elsewhere", async () => {
      tampered("bad-path.json", ({ inclusion }) => (inclusion!.path[0].digest = `0x${"00".repeat(32)}`))
      await desk.refused(
        { code: "SumPathInvalid", exit: 4 },
        undefined,
        "verify",
        "bad-path.json",
        "--model",
        MODEL,
      )
    })

    it("whose batch breaks what the receipt promises, named", async () => {
      await desk.json(provider, "attest", MODEL, ...INPUT, ...terms("short-window.json"))
      const bundle = decodeBundle(desk.read("short-window.json"))
      const client = { registry: bundle.signed.registry }
      const [{ batch, ...place }] = prepareBatch(client, [bundle.signed.receipt]).inclusions
      const inclusion = { ...place, batch: { ...batch, window: 600n } }
      const [, signer] = await chain.connection.ethers.getSigners()
      await chain.deployment.onus.connect(signer).anchor(inclusion.batch)
      write("short-window.json", encodeBundle({ ...bundle, inclusion }))
      const args = ["verify", "short-window.json", "--model", MODEL]
      const { message } = await desk.refused({ code: "InclusionInvalid", exit: 4 }, undefined, ...args)
      expect(message).to.contain("600 s").and.contain("21600 s")
    })

    it("that is no bundle, or of another model", async () => {
      write("text.json", "{}")
      tampered("extra.json", (json) => (json.receipt.modelId = "0x12"))
      write("relu2.onnx", fileWith({ node: [{ name: "r", opType: "Relu", input: ["x"], output: ["y"] }] }))
      const { message } = await desk.refused(
        { code: "BundleMalformed", exit: 4 },
        undefined,
        "verify",
        "text.json",
        "--model",
        MODEL,
      )
      expect(message).to.contain("text.json")
      const field = await desk.refused(
        { code: "BundleMalformed", exit: 4 },
        undefined,
        "verify",
        "extra.json",
        "--model",
        MODEL,
      )
      expect(field.message).to.contain("receipt.modelId")
      await desk.refused(
        { code: "ModelMismatch", exit: 4 },
        undefined,
        "verify",
        "good.json",
        "--model",
        "relu2.onnx",
      )
    })

    it("for another chain or registry", async () => {
      tampered("elsewhere.json", ({ registry }) => (registry.chainId = "1"))
      await desk.refused(
        { code: "ChainMismatch", exit: 2 },
        undefined,
        "verify",
        "elsewhere.json",
        "--model",
        MODEL,
      )
      await desk.refused({ code: "ChainMismatch", exit: 2 }, provider, "anchor", "elsewhere.json")
      tampered("registry.json", ({ registry }) => (registry.address = consumer.address))
      await desk.refused({ code: "RegistryMismatch", exit: 2 }, provider, "release", "registry.json")
    })

    it("whose files cannot be completed after the transaction", async () => {
      // The name of the file beside it would be too long.
      const name = `${"a".repeat(248)}.json`
      await desk.json(provider, "attest", MODEL, ...INPUT, ...terms("long.json"))
      write(name, desk.read("long.json"))
      const { message, hint } = await desk.refused(
        { code: "FileNotWritten", exit: 2 },
        provider,
        "anchor",
        name,
      )
      expect(message).to.match(/^Batch 0x[0-9a-f]{64} is anchored by transaction 0x[0-9a-f]{64}, but a file/)
      expect(hint).to.contain("run the same command again")
      expect(await desk.json(provider, "anchor", "long.json")).to.include({ already: true })
    })

    it("that has its collateral already", async () => {
      const before = desk.read("good.json")
      await desk.refused({ code: "AlreadyAnchored", exit: 5 }, provider, "anchor", "good.json")
      await desk.refused({ code: "BatchDuplicate", exit: 5 }, provider, "anchor", "good.json", "good.json")
      expect(desk.read("good.json")).to.equal(before)
    })

    it("whose coverage exceeds the stake together, while the files stay as they are", async () => {
      const sign = (out: string) =>
        desk.json(
          poor,
          "attest",
          MODEL,
          ...INPUT,
          "--consumer",
          consumer.address,
          "--coverage",
          "20",
          "--out",
          out,
        )
      await sign("dear-1.json")
      await sign("dear-2.json")
      const before = [desk.read("dear-1.json"), desk.read("dear-2.json")]
      const { message } = await desk.refused(
        { code: "StakeTooLow", exit: 5 },
        poor,
        "anchor",
        "dear-1.json",
        "dear-2.json",
      )
      expect(message).to.contain("need=160")
      expect([desk.read("dear-1.json"), desk.read("dear-2.json")]).to.deep.equal(before)
      await desk.refused({ code: "BatchMixed", exit: 5 }, poor, "anchor", "dear-1.json", "second.json")
      await desk.refused({ code: "WindowOpen", exit: 5 }, poor, "release", "good.json")
      await desk.refused({ code: "NotAnchored", exit: 5 }, poor, "release", "dear-1.json")
    })
  })

  describe("configuration", () => {
    // Takes the whole time limit of a request, so it runs beside the other tests.
    let asked = 0
    const silent = createServer((_, response) => {
      if (asked++ === 0) response.end('{"jsonrpc":"2.0","id":1,"result":"0x7a69"}')
    })
    let left: Promise<Ended>

    before(async () => {
      await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve))
      const env = { ...desk.env(), ONUS_RPC: `http://127.0.0.1:${(silent.address() as AddressInfo).port}` }
      left = onus(desk.folder, env, "provider", "show", provider.address, "--json")
    })
    after(() => {
      silent.closeAllConnections()
      silent.close()
    })

    it("no node at the URL, within seconds", async () => {
      const started = Date.now()
      const env = { ...desk.env(provider), ONUS_RPC: "http://127.0.0.1:9" }
      const { message } = await desk.refusedIn(
        env,
        { code: "RpcUnreachable", exit: 69 },
        "provider",
        "withdraw",
      )
      expect(message).to.contain("http://127.0.0.1:9")
      expect(Date.now() - started).to.be.lessThan(10_000)
      await desk.refused(
        { code: "RpcInvalid", exit: 2 },
        provider,
        "provider",
        "withdraw",
        "--rpc",
        "ftp://x",
      )
    })

    it("no key, a bad one, one in a command's arguments", async () => {
      await desk.refused({ code: "KeyMissing", exit: 77 }, undefined, "provider", "register")
      const env = { ...desk.env(), ONUS_KEY: "0x1234567890" }
      const error = await desk.refusedIn(env, { code: "KeyMalformed", exit: 77 }, "provider", "register")
      expect(JSON.stringify(error)).to.not.contain("1234567890")
      await desk.refused(
        { code: "UsageInvalid", exit: 2 },
        undefined,
        "provider",
        "register",
        "--key",
        "0x12",
      )
    })

    it("an encrypted key without its password", async () => {
      const scrypt = { N: 1024, r: 8, p: 1 }
      write("keystore.json", await encryptKeystoreJson(nobody, "right", { scrypt }))
      write("wrong", "wrong\n")
      const args = ["provider", "register", "--key-file", "keystore.json"]
      await desk.refused({ code: "PasswordMissing", exit: 77 }, undefined, ...args)
      await desk.refused({ code: "PasswordWrong", exit: 77 }, undefined, ...args, "--password-file", "wrong")
      write("right", "right\n")
      // The key is read, but its account owns no coin of the chain.
      await desk.refused({ code: "GasTooLow", exit: 5 }, undefined, ...args, "--password-file", "right")
    })

    it("no registry: none recorded, none at the address, not one", async () => {
      const at = (registry: string) => ({ ...desk.env(), ONUS_REGISTRY: registry })
      const show = ["provider", "show", provider.address]
      await desk.refusedIn(at(nobody.address), { code: "ContractMissing", exit: 2 }, ...show)
      await desk.refusedIn(
        at(await chain.deployment.token.getAddress()),
        { code: "ContractMissing", exit: 2 },
        ...show,
      )
      await desk.refusedIn(at("0x12"), { code: "AddressInvalid", exit: 2 }, ...show)
    })

    it("finds the registry that is recorded for the chain, if it is there", async () => {
      for (const [name, json] of [
        ["live", chain.addressesJson],
        ["gone", chain.addressesJson.replaceAll(chain.registry, nobody.address)],
        ["other", chain.addressesJson.replace('"31337"', '"1"')],
      ]) {
        mkdirSync(desk.path(`deployments/${name}`), { recursive: true })
        write(`deployments/${name}/addresses.json`, json)
      }
      const env = { ...desk.env(), ONUS_REGISTRY: undefined }
      const { code, stdout } = await onus(desk.folder, env, "provider", "show", provider.address, "--json")
      expect(code, stdout).to.equal(0)
      expect((JSON.parse(stdout) as Reply).stake).to.equal("1000")
    })

    it("amounts, durations, dates, addresses and ids that are none", async () => {
      const refuse = (code: string, ...args: string[]) => desk.refused({ code, exit: 2 }, provider, ...args)
      const amounts = ["1e3", "-5", "0", "1,5", "0.0000000000000000001", "9".repeat(30)]
      await Promise.all([
        ...amounts.map((amount) => refuse("AmountInvalid", "provider", "stake", amount)),
        refuse("DurationInvalid", ...attest(MODEL, ...INPUT, "--window", "6 hours")),
        refuse(
          "DateInvalid",
          "provider",
          "key",
          "add",
          consumer.address,
          "--roles",
          "sign,anchor",
          "--until",
          "soon",
        ),
        refuse("AddressInvalid", "provider", "show", "0x12"),
        refuse("PayoutIdInvalid", "claim", "12"),
        refuse("ModelIdInvalid", "model", "show", "0x12"),
        ...["0x12", `0x${"1".repeat(63)}`, `0x${"zz".repeat(32)}`].map((text) =>
          refuse("RequestIdInvalid", ...attest(MODEL, ...INPUT, "--request-id", text)),
        ),
      ])
    })

    it("more stake than there is", async () => {
      const { message } = await desk.refused(
        { code: "BalanceTooLow", exit: 5 },
        poor,
        "provider",
        "stake",
        "20000",
      )
      expect(message).to.contain("9900.0 DEMO").and.contain("20000.0")
    })

    it("commands and options that do not exist", async () => {
      const { hint } = await desk.refused({ code: "UsageInvalid", exit: 2 }, undefined, "verfy")
      expect(hint).to.contain("verify")
      await desk.refused({ code: "UsageInvalid", exit: 2 }, undefined, "verify", "good.json")
      await desk.refused({ code: "UsageInvalid", exit: 2 }, undefined, ...VERIFY, "--frob")
    })

    it("says it on stderr for people, with a hint and without colours", async () => {
      const ended = await onus(desk.folder, { ...desk.env(), NO_COLOR: "1" }, "provider", "register")
      expect(ended).to.deep.include({ code: 77, stdout: "" })
      expect(ended.stderr).to.match(/^error KeyMissing: This command needs a key\nhint: Set ONUS_KEY .*\n$/)
    })

    it("a node that goes silent after its first answer", async () => {
      const { code, stdout } = await left
      expect(code).to.equal(69)
      expect(stdout).to.contain('"code": "RpcUnreachable"')
    })

    it("asks for nothing with --help, which has an example", async () => {
      for (const command of [[], ["attest"], ["provider", "key", "add"]]) {
        const ended = await onus(desk.folder, {}, ...command, "--help")
        expect(ended).to.include({ code: 0, stderr: "" })
        expect(ended.stdout).to.contain(command.length === 0 ? "docs/cli.md" : "Example:\n  onus ")
      }
    })
  })

  describe("when time has passed", () => {
    it("an answer that was to be anchored before, and a key that has ended", async () => {
      await desk.json(provider, "attest", MODEL, ...INPUT, ...terms("late.json"))
      const before = desk.read("late.json")
      await chain.wait(2 * 3600)
      await desk.refused({ code: "ReceiptExpired", exit: 5 }, provider, "anchor", "late.json")
      expect(desk.read("late.json")).to.equal(before)
      await chain.wait(31 * 86_400)
      const { message } = await desk.refused(
        { code: "KeyNotValid", exit: 77 },
        provider,
        ...attest(MODEL, ...INPUT),
      )
      expect(message).to.contain("is valid from")
      await desk
        .refused({ code: "SenderNotAuthorised", exit: 5 }, stranger, "anchor", "late.json")
        .catch(() => {})
    })

    it("a signature that nobody anchored while it counted", async () => {
      const args = ["verify", "late.json", "--model", MODEL]
      const { message, hint } = await desk.refused({ code: "ReceiptTooOld", exit: 4 }, undefined, ...args)
      expect(message).to.contain("never anchored")
      expect(hint).to.contain("thaws")
    })

    it("a receipt that its key signed outside of its validity", async () => {
      const { signed, ...rest } = decodeBundle(desk.read("good.json"))
      const { issuedAt } = signed.receipt
      const receipt = { ...signed.receipt, issuedAt: issuedAt + 40n * 86_400n }
      const again = await signReceipt(signed.registry, receipt, provider)
      write("outside.json", encodeBundle({ ...rest, signed: again }))
      const args = ["verify", "outside.json", "--model", MODEL]
      await desk.refused({ code: "ReceiptFromFuture", exit: 4 }, undefined, ...args)
      await chain.wait(10 * 86_400)
      await desk.refused(
        { code: "KeyNotValid", exit: 4 },
        undefined,
        "verify",
        "outside.json",
        "--model",
        MODEL,
      )
    })
  })
})
