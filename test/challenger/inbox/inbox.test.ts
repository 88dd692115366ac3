import Fastify, { type FastifyInstance } from "fastify"
import { expect } from "chai"
import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { chooser } from "../../../src/challenger/schedule/choose.ts"
import { InboxFolder } from "../../../src/challenger/inbox/folder.ts"
import { HandedIn } from "../../../src/challenger/inbox/handed-in.ts"
import { addInbox } from "../../../src/challenger/inbox/http.ts"
import { Inbox, type InboxOptions, type Taken } from "../../../src/challenger/inbox/inbox.ts"
import { preparing } from "../../../src/challenger/inbox/prepare.ts"
import { OnusError } from "../../../src/protocol/errors.ts"
import { toJson } from "../../../src/protocol/json.ts"
import type { Receipt, SignedReceipt } from "../../../src/protocol/receipt.ts"
import { type Bundle, bundleOf, encodeBundle } from "../../../src/sdk/bundle.ts"
import { silentLog } from "../../../src/service/log.ts"
import { expectError } from "../../sdk/expect-error.ts"
import { PROGRAM } from "../../sdk/samples.ts"
import { word } from "../book/samples.ts"
import { Post, RUN, Stage } from "../stage.ts"

const CHOICE = { share: 1, minCoverage: 0n }

describe("an inbox of a challenger", function () {
  this.timeout(120_000)
  let stage: Stage
  let root: string
  let post: Post
  let handedIn: HandedIn
  let undo: () => Promise<void>
  let files = 0

  before(async () => {
    stage = await Stage.open()
    root = mkdtempSync(join(tmpdir(), "onus-inbox-"))
  })
  after(async () => {
    await stage.close()
    rmSync(root, { recursive: true })
  })
  beforeEach(async () => {
    undo = await stage.snapshot()
    const folder = join(root, `${++files}`)
    post = await Post.open(stage, join(folder, "book.db"))
    handedIn = HandedIn.open({ folder: join(folder, "inputs"), maxBytes: 1000 })
    await post.poll()
  })
  afterEach(async () => {
    await post.close()
    await undo()
  })

  const open = (options: Partial<InboxOptions> = {}): Inbox =>
    new Inbox({
      registry: { chainId: 31337n, address: stage.local.registry },
      book: post.book,
      desk: post.desk,
      handedIn,
      chooser: chooser(CHOICE, new Uint8Array(32)),
      head: () => post.heads.current,
      ...options,
    })
  const inputsOf = (id: string) => readFileSync(join(root, `${files}`, "inputs", `${id}.inputs`))
  const alone = (signed: SignedReceipt) => Buffer.from(toJson(signed))
  const bundled = (signed: SignedReceipt, change: Partial<Bundle> = {}) =>
    Buffer.from(encodeBundle({ ...bundleOf(signed, RUN), ...change }))
  const signed = async (fields: Partial<Receipt> = {}) => stage.sign(await stage.receipt(fields))

  it("takes a bundle, with its inputs, and a signed receipt alone", async () => {
    const [one, two] = [await signed(), await signed()]
    const ids = [await stage.idOf(one.receipt), await stage.idOf(two.receipt)]
    const taken: string[] = []
    const inbox = open({ onTaken: (id) => void taken.push(id) })
    await post.poll()
    const tensors = { ...bundleOf(one, RUN).tensors, trace: new Uint8Array() }
    expect(await inbox.take(bundled(one, { tensors }))).deep.equal({
      receiptId: ids[0],
      isNew: true,
      state: "unchecked",
    })
    expect((await inbox.take(bundled(one))).isNew).equal(false)
    // As a provider's answer has it, with more beside it.
    await inbox.take(Buffer.from(toJson({ ...two, assurance: "signed" })))
    expect(taken).deep.equal([ids[0], ids[0], ids[1]])
    // What could not be had before may be there now; but not because somebody says the same again.
    const state = async () => (await post.book.find(ids[1]))!.state
    expect((await post.book.find(ids[1]))?.isWanted).equal(true)
    await post.book.judge(ids[1], { state: "unfetchable", reason: "sealed" })
    await inbox.take(alone(two))
    expect(await state()).equal("unfetchable")
    await inbox.take(bundled(two))
    expect(await state()).equal("unchecked")
    expect((await post.book.find(ids[1]))?.signed).deep.equal(two)
    expect(Uint8Array.from(inputsOf(ids[0]))).deep.equal(Uint8Array.from(tensors.input))
  })

  it("takes the place of a receipt, if it holds on-chain", async () => {
    const [here, there] = [await stage.receipt(), await stage.receipt()]
    const { inclusions } = await stage.anchor([here, await stage.receipt()])
    await post.poll()
    const inbox = open()
    await inbox.take(bundled(await stage.sign(here), { inclusion: inclusions[0] }))
    expect((await post.book.find(await stage.idOf(here)))?.inclusion).deep.equal(inclusions[0])
    await inbox.take(bundled(await stage.sign(there), { inclusion: inclusions[1] }))
    expect((await post.book.find(await stage.idOf(there)))?.inclusion).equal(undefined)
    // The place binds by itself.
    const garbled = { ...(await stage.sign(here)), signature: `0x${"5a".repeat(65)}` }
    await inbox.take(bundled(garbled, { inclusion: inclusions[0] }))
  })

  it("refuses what binds nobody, and what is of somewhere else", async () => {
    const inbox = open()
    const receipt = await stage.receipt()
    const good = await stage.sign(receipt)
    const absurd = {
      batch: {
        provider: receipt.provider,
        modelId: word(1),
        root: word(1),
        count: 10n ** 70n,
        coverage: 1n,
        window: 1n,
      },
      index: 0n,
      path: [],
    }
    const cases: readonly [string, Uint8Array][] = [
      ["BundleMalformed", Buffer.from("{")],
      ["BundleMalformed", Buffer.from("[]")],
      ["ContentInvalid", Buffer.of(0x22, 0xff, 0x22)],
      ["ContentInvalid", Buffer.from(`${"[".repeat(100_000)}${"]".repeat(100_000)}`)],
      ["ContentInvalid", Buffer.from(`[${"[],".repeat(300_000)}[]]`)],
      ["BundleMalformed", Buffer.from(String(bundled(good)).replace("onus.bundle.v1", "onus.bundle.v2"))],
      ["BundleMalformed", alone({ ...good, signature: "0x12" })],
      ["ReceiptMalformed", alone({ ...good, receipt: { ...receipt, issuedAt: 2n ** 64n } })],
      ["ChainMismatch", alone({ ...good, registry: { ...good.registry, chainId: 1n } })],
      ["RegistryMismatch", alone({ ...good, registry: { ...good.registry, address: receipt.provider } })],
      ["ReceiptUnbound", alone(await stage.sign(receipt, stage.stranger))],
      ["ReceiptUnbound", alone({ ...good, receipt: { ...receipt, coverage: 5n } })],
      ["ReceiptUnbound", bundled({ ...good, signature: `0x${"5a".repeat(65)}` }, { inclusion: absurd })],
      ["ReceiptFromFuture", alone(await signed({ issuedAt: BigInt((await stage.time()) + 5000) }))],
    ]
    for (const [code, text] of cases) await expectError(code, () => inbox.take(text))
    await expectError("NotReady", () => open({ head: () => undefined }).take(alone(good)))
    const unwanted = chooser({ ...CHOICE, notProviders: [receipt.provider] }, new Uint8Array(32))
    await expectError("ReceiptUnwanted", () => open({ chooser: unwanted }).take(alone(good)))
    expect((await post.book.counts()).receipts.unchecked).equal(0)
    expect(handedIn.bytes).equal(0)
  })

  it("keeps so many receipts without a place of one provider, and of all", async () => {
    const many = await Promise.all([signed(), signed(), signed(), signed()])
    await post.poll()
    const few = open({ limits: { ofOne: 2, ofAll: 9, guaranteed: 1 } })
    for (const one of many.slice(0, 2)) await few.take(alone(one))
    await expectError("InboxFull", () => few.take(alone(many[2])))
    // What is known takes no more room.
    await few.take(alone(many[0]))
    const anchored = await stage.receipt()
    const { inclusions } = await stage.anchor([anchored])
    await post.poll()
    await few.take(bundled(await stage.sign(anchored), { inclusion: inclusions[0] }))
    const crowded = open({ limits: { ofOne: 9, ofAll: 2, guaranteed: 3 } })
    await crowded.take(alone(many[2]))
    await expectError("InboxFull", () => crowded.take(alone(many[3])))
  })

  it("leaves room for others, however much a provider signs", async () => {
    const [liar, honest] = [stage.provider.address, stage.stranger.address]
    for (let n = 1; n <= 2; n++) await handedIn.offer(word(n), new Uint8Array(125).fill(n), liar)
    await expectError("InboxFull", () => handedIn.offer(word(3), Uint8Array.of(1), liar))
    await handedIn.offer(word(4), new Uint8Array(250), honest)
    await handedIn.settle(word(1), () => false)
    await handedIn.offer(word(3), Uint8Array.of(1), liar)
    expect(handedIn.bytes).equal(376)
  })

  it("keeps several inputs of a receipt until it is known which are right, in as many bytes as it may", async () => {
    const [id, other] = [word(1), word(2)]
    const wrong = Uint8Array.of(1)
    const right = Uint8Array.of(2, 2)
    await handedIn.offer(id, wrong)
    expect(handedIn.isAmbiguous(id)).equal(false)
    await handedIn.offer(id, right)
    await handedIn.offer(id, right)
    expect([handedIn.isAmbiguous(id), handedIn.bytes]).deep.equal([true, 3])
    const reopened = HandedIn.open({ folder: join(root, `${files}`, "inputs"), maxBytes: 10 })
    await reopened.settle(id, (bytes) => bytes.length === 2)
    expect([...inputsOf(id)]).deep.equal([2, 2])
    expect([reopened.isAmbiguous(id), reopened.bytes]).deep.equal([false, 2])
    for (let i = 0; i < 7; i++) await reopened.offer(id, Uint8Array.of(3 + i))
    await expectError("InboxFull", () => reopened.offer(id, Uint8Array.of(77)))
    await expectError("InboxFull", () => reopened.offer(other, Uint8Array.of(1, 2)))
    await reopened.settle(id, () => false)
    expect(reopened.bytes).equal(0)
    await reopened.offer(other, Uint8Array.of(1))
    await reopened.prune(post.book)
    expect(readdirSync(join(root, `${files}`, "inputs"))).deep.equal([])
  })

  it("finds the right inputs among several before a receipt is run", async () => {
    const one = await signed()
    const { input } = bundleOf(one, RUN).tensors
    const [wrong, longer] = [input.map((byte) => byte ^ 1), Buffer.concat([input, Buffer.of(0)])]
    const inbox = open()
    await post.poll()
    for (const bytes of [wrong, longer, input])
      await inbox.take(bundled(one, { tensors: { ...bundleOf(one, RUN).tensors, input: bytes } }))
    const known = (await post.book.find(await stage.idOf(one.receipt)))!
    let asked = 0
    const prepare = preparing(handedIn, {
      programOf: () => Promise.resolve((asked++, PROGRAM)),
    })
    await prepare(known)
    await prepare(known)
    expect([asked, handedIn.bytes]).deep.equal([1, input.length])
    expect(Uint8Array.from(inputsOf(known.id))).deep.equal(Uint8Array.from(input))
  })

  describe("in a folder", () => {
    let folder: string
    let inbox: { take: (content: Uint8Array) => Promise<Taken> }
    let fate: OnusError | undefined
    let taken: string[]
    let files: InboxFolder
    beforeEach(() => {
      folder = mkdtempSync(join(root, "folder-"))
      ;[taken, fate] = [[], undefined]
      inbox = {
        take: (content) => {
          if (fate) return Promise.reject(fate)
          taken.push(Buffer.from(content).toString())
          return Promise.resolve({ receiptId: word(1), isNew: true, state: "unchecked" })
        },
      }
      files = new InboxFolder({ folder, inbox, maxBytes: 100, log: silentLog })
    })
    const put = (name: string, text = name) => writeFileSync(join(folder, name), text)
    const list = (name = ".") => readdirSync(join(folder, name)).sort()

    it("takes files and moves them, none over another", async () => {
      put("b.json")
      put("a.json")
      put("notes.txt")
      await files.tick()
      put("a.json", "again")
      await files.tick()
      expect(taken).deep.equal(["a.json", "b.json", "again"])
      expect(list()).deep.equal(["done", "notes.txt", "refused"])
      expect(list("done")).deep.equal(["a.1.json", "a.json", "b.json"])
    })

    it("says why it refuses one", async () => {
      fate = new OnusError("ReceiptUnbound", "Nobody is bound to it", { hint: "Ask again" })
      put("bad.json")
      put("large.json", "x".repeat(101))
      symlinkSync("/etc/hostname", join(folder, "link.json"))
      await files.tick()
      expect(list()).deep.equal(["done", "refused"])
      const reason = (name: string) => readFileSync(join(folder, "refused", `${name}.json.txt`), "utf8")
      expect(reason("bad")).equal("Nobody is bound to it. Ask again\n")
      expect(reason("large")).contain("101 bytes")
      expect(reason("link")).contain("no file")
    })

    it("lets no files that wait keep others out", async () => {
      fate = new OnusError("InboxFull", "There is no room")
      for (let i = 100; i < 200; i++) put(`${i}.json`)
      await files.tick()
      fate = undefined
      put("later.json")
      await files.tick()
      expect(taken[0]).equal("later.json")
      expect(taken).have.length(100)
    })

    it("leaves what may be fine later: while it is written, while there is no room, while nodes are away", async () => {
      put("slow.json", "{")
      fate = new OnusError("BundleMalformed", "It is not JSON")
      await files.tick()
      expect(list()).contain("slow.json")
      put("slow.json", "{...")
      await files.tick()
      expect(list()).contain("slow.json")
      fate = new OnusError("InboxFull", "There is no room")
      await files.tick()
      fate = new OnusError("RpcUnavailable", "Nobody answers")
      await expectError("RpcUnavailable", () => files.tick())
      expect(list()).contain("slow.json")
      fate = new OnusError("BundleMalformed", "It is not JSON")
      await files.tick()
      expect(list("refused")).deep.equal(["slow.json", "slow.json.txt"])
    })

    it("passes over what must wait, however much it is", async () => {
      const early = Array.from({ length: 150 }, (_, i) => `a${String(i).padStart(3, "0")}.json`)
      for (const name of early) put(name)
      fate = new OnusError("ReceiptFromFuture", "Not yet")
      await files.tick()
      put("b.json")
      fate = undefined
      const later = early.slice(100)
      await files.tick()
      expect(taken.slice(0, 51)).deep.equal([...later, "b.json"])
      await files.tick()
      expect(list()).deep.equal(["done", "refused"])
    })

    it("passes over what somebody takes away while it looks", async () => {
      put("a.json")
      put("b.json")
      const busy = new InboxFolder({
        folder,
        inbox: {
          // Another program takes a file away while this one looks at the one before.
          take: () => Promise.resolve(rmSync(join(folder, "b.json"), { force: true })) as never,
        },
        maxBytes: 100,
        log: silentLog,
      })
      await busy.tick()
      expect(list("done")).deep.equal(["a.json"])
    })
  })

  describe("over HTTP", () => {
    let app: FastifyInstance
    let fate: () => Promise<Taken>
    let failures: unknown[]
    beforeEach(async () => {
      failures = []
      fate = () => Promise.resolve({ receiptId: word(1), isNew: true, state: "unchecked" })
      app = Fastify()
      addInbox(app, {
        inbox: { take: () => fate() },
        maxBody: 100,
        concurrency: 1,
        failed: (error) => void failures.push(error),
      })
      await app.ready()
    })
    afterEach(() => app.close())
    const post = async (payload = "{}", headers: Record<string, string> = {}) => {
      const response = await app.inject({
        method: "POST",
        url: "/v1/receipts",
        payload,
        headers: { "content-type": "application/json", ...headers },
      })
      return {
        status: response.statusCode,
        body: response.json<Record<string, string>>(),
        headers: response.headers,
      }
    }
    const failing = (code: string, message = "Why") => {
      fate = () => Promise.reject(new OnusError(code, message))
    }

    it("says what became of it", async () => {
      const created = await post()
      expect([created.status, created.body]).deep.equal([201, { receiptId: word(1), state: "unchecked" }])
      fate = () => Promise.resolve({ receiptId: word(1), isNew: false, state: "match" })
      const known = await post()
      expect([known.status, known.body.state]).deep.equal([200, "match"])
    })

    it("refuses with a code and a reason", async () => {
      failing("ReceiptUnbound", "Nobody is bound to it")
      const unbound = await post()
      expect([unbound.status, unbound.body]).deep.equal([
        400,
        { error: "Nobody is bound to it", code: "ReceiptUnbound" },
      ])
      failing("InboxFull")
      const full = await post()
      expect([full.status, full.headers["retry-after"]]).deep.equal([503, "5"])
      failing("RpcTimeout", "http://secret@node")
      const away = await post()
      expect([away.status, away.body.code]).deep.equal([503, "NotReady"])
      expect(JSON.stringify(away.body)).not.contain("secret")
      expect(failures).deep.equal([])
      fate = () => Promise.reject(new Error("secret"))
      const failed = await post()
      expect([failed.status, failed.body.code]).deep.equal([500, "Unexpected"])
      expect(failures).have.length(1)
    })

    it("reads no body that is too large, or compressed", async () => {
      expect((await post("x".repeat(101))).body.code).equal("BodyTooLarge")
      expect((await post("{}", { "content-encoding": "gzip" })).body.code).equal("EncodingUnsupported")
    })

    it("looks at so many at once", async () => {
      const { promise, resolve } = Promise.withResolvers<Taken>()
      fate = () => promise
      const first = post()
      await new Promise((done) => setImmediate(done))
      const second = await post()
      expect([second.status, second.body.code]).deep.equal([503, "InboxBusy"])
      resolve({ receiptId: word(1), isNew: true, state: "unchecked" })
      expect((await first).status).equal(201)
    })
  })
})
