import { Readable } from "node:stream"
import { expect } from "chai"
import {
  SigningKey,
  Wallet,
  encryptKeystoreJson,
  hexlify,
  keccak256,
  recoverAddress,
  toUtf8Bytes,
} from "ethers"
import { PasswordLines } from "../../src/service/key/password.ts"
import { openKey, openKeys } from "../../src/service/key/open.ts"
import { Folder, failure, serve } from "./helpers.ts"

const PRIVATE = `0x${"59".repeat(32)}`
const OTHER = `0x${"5a".repeat(32)}`
const { address } = new Wallet(PRIVATE)
const PREIMAGE = toUtf8Bytes("what is to be signed")
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

describe("Keys", () => {
  const folder = new Folder()
  let keystore: string
  before(async () => {
    const json = await encryptKeystoreJson({ address, privateKey: PRIVATE }, "right", { scrypt: { N: 1024 } })
    keystore = folder.write("key.json", json)
  })
  after(() => folder.remove())

  const sources = (text = "") => ({
    stdin: new PasswordLines(Readable.from([text])),
    environment: { KEY: PRIVATE },
  })
  const signer = (signature: string) => recoverAddress(keccak256(PREIMAGE), signature)

  it("open from a keystore, with the password from a file or stdin", async () => {
    const passwordFile = folder.write("password.txt", "right\n")
    const key = await openKey({ kind: "keystore", keystore, passwordFile }, sources())
    expect(key.address).to.equal(address)
    expect(signer(await key.sign(PREIMAGE))).to.equal(address)
    const typed = { kind: "keystore", keystore, passwordFile: "-" } as const
    const both = await openKeys({ signing: typed, sending: { ...typed } }, sources("right\nright\n"))
    expect(both.sending.address).to.equal(both.signing.address)
    const once = await openKeys({ signing: typed, sending: typed }, sources("right"))
    expect(once.sending).to.equal(once.signing)
    expect(await failure(openKey(typed, sources()))).to.deep.include({ code: "PasswordMissing" })
  })

  it("sign as ethers does, bit for bit", async () => {
    for (const secret of [PRIVATE, OTHER, `0x${"1".padStart(64, "0")}`, `0x${(ORDER - 1n).toString(16)}`]) {
      const environment = { KEY: secret }
      const key = await openKey({ kind: "raw", env: "KEY" }, { ...sources(), environment })
      const reference = new SigningKey(secret)
      for (let i = 0; i < 64; i++) {
        const preimage = toUtf8Bytes(`preimage ${i}`)
        expect(await key.sign(preimage)).to.equal(reference.sign(keccak256(preimage)).serialized)
      }
    }
  })

  it("name what is wrong without telling a secret, in the error or its causes", async () => {
    const passwordFile = folder.write("wrong.txt", "hunter2")
    const wrong = await failure(openKey({ kind: "keystore", keystore, passwordFile }, sources()))
    expect(wrong.code).to.equal("PasswordWrong")
    expect(JSON.stringify([wrong.message, wrong.cause, wrong.stack])).not.to.include("hunter2")
    const plain = folder.write("plain.json", PRIVATE)
    const malformed = await failure(openKey({ kind: "keystore", keystore: plain, passwordFile }, sources()))
    expect(malformed.code).to.equal("KeyMalformed")
    const environment = { KEY: `${PRIVATE.slice(0, -2)}zz` }
    const raw = await failure(openKey({ kind: "raw", env: "KEY" }, { ...sources(), environment }))
    expect(raw.code).to.equal("KeyMalformed")
    for (const error of [malformed, raw]) {
      expect(JSON.stringify([error.message, error.cause, error.stack])).not.to.include(PRIVATE.slice(2, -2))
    }
    const missing = folder.path + "/none"
    const none = openKey({ kind: "keystore", keystore: missing, passwordFile }, sources())
    expect(await failure(none)).to.deep.include({ code: "KeyMissing" })
    const silent = openKey({ kind: "keystore", keystore, passwordFile: missing }, sources())
    expect(await failure(silent)).to.deep.include({ code: "PasswordMissing" })
  })

  it("open from a variable for development", async () => {
    const key = await openKey({ kind: "raw", env: "KEY" }, sources())
    expect(signer(await key.sign(PREIMAGE))).to.equal(address)
    expect(await failure(openKey({ kind: "raw", env: "NONE" }, sources()))).to.deep.include({
      code: "KeyMissing",
    })
  })

  describe("in a Web3Signer", () => {
    /** A signer that knows keys by their public halves, and alters what it answers. */
    async function remote(
      alter: (signature: string) => string | undefined,
      keys: unknown = [publicOf(PRIVATE)],
    ) {
      const paths: string[] = []
      const server = await serve((request, body, response) => {
        paths.push(`${request.method} ${request.url}`)
        if (request.url?.endsWith("publicKeys")) {
          if (keys === false) response.writeHead(404)
          return void response.end(JSON.stringify(keys))
        }
        const { data } = JSON.parse(body) as { data: string }
        const answer = alter(new SigningKey(PRIVATE).sign(keccak256(data)).serialized)
        if (answer === undefined) response.writeHead(500)
        response.end(answer)
      })
      return { ...server, paths }
    }
    const publicOf = (key: string) => `0x${SigningKey.computePublicKey(key, false).slice(4)}`
    const open = (url: string, timeout = 20) =>
      openKey({ kind: "web3signer", url, address, timeout }, sources())
    const twin = (signature: string) => {
      const s = (ORDER - BigInt(`0x${signature.slice(66, 130)}`)).toString(16).padStart(64, "0")
      return signature.slice(0, 66) + s + (signature.endsWith("1b") ? "1c" : "1b")
    }

    it("sign by their public half, or by the address where no keys are listed", async () => {
      for (const keys of [[publicOf(OTHER), publicOf(PRIVATE), 7], false]) {
        const server = await remote((signature) => signature, keys)
        const key = await open(server.url)
        expect(signer(await key.sign(PREIMAGE))).to.equal(address)
        const identifier = keys ? publicOf(PRIVATE) : address
        expect(server.paths.at(-1)).to.equal(`POST /api/v1/eth1/sign/${identifier}`)
        await server.close()
      }
    })

    it("give the one form of a signature that contracts take", async () => {
      const forms = [
        twin,
        (signature: string) => signature.slice(0, 130) + (signature.endsWith("1b") ? "00" : "01"),
        (signature: string) => `"${signature}"\n`,
      ]
      for (const form of forms) {
        const server = await remote(form)
        const expected = new SigningKey(PRIVATE).sign(keccak256(PREIMAGE)).serialized
        expect(await (await open(server.url)).sign(PREIMAGE)).to.equal(expected)
        await server.close()
      }
    })

    it("are not believed: a wrong signature, another key's, too long an answer, an error", async () => {
      const lies = [
        () => "0x00",
        () => new SigningKey(OTHER).sign(keccak256(PREIMAGE)).serialized,
        () => hexlify(new Uint8Array(65)),
        () => "0x" + "ab".repeat(10_000),
        () => undefined,
      ]
      for (const lie of lies) {
        const server = await remote(lie)
        const key = await open(server.url)
        expect(await failure(key.sign(PREIMAGE))).to.deep.include({ code: "SignerUnavailable" })
        await server.close()
      }
    })

    it("are missed at the start when the signer does not have them, or is not there", async () => {
      for (const keys of [[], [publicOf(OTHER)], { keys: [] }, null]) {
        const server = await remote((signature) => signature, keys)
        expect(await failure(open(server.url))).to.deep.include({ code: "SignerUnavailable" })
        await server.close()
      }
      const gone = await serve(() => {})
      await gone.close()
      const error = await failure(open(gone.url.replace("//", "//user:hunter2@")))
      expect(error).to.deep.include({ code: "SignerUnavailable" })
      expect(JSON.stringify([error.message, error.stack, error.cause])).not.to.include("hunter2")
    })

    it("are given up when the signer does not answer in time", async () => {
      const server = await serve(() => {})
      expect((await failure(open(server.url, 0.05))).message).to.include("did not answer within 0.05 s")
      await server.close()
    })
  })
})
