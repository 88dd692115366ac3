import { expect } from "chai"
import { type Chain, account, startChain } from "./chain.ts"
import { Desk, MODEL, SEVEN } from "./run.ts"

describe("onus: keys and their roles", () => {
  const [provider, signing, anchoring, stranger] = [1, 2, 3, 4].map(account)
  let chain: Chain
  let desk: Desk

  before(async () => {
    chain = await startChain()
    desk = new Desk(chain)
    await desk.json(provider, "provider", "register")
    await desk.json(provider, "provider", "stake", "1000")
    await desk.json(provider, "model", "add", MODEL)
  })
  after(async () => {
    desk.remove()
    await chain.close()
  })

  const key = (who: typeof provider, ...args: string[]) => desk.json(who, "provider", "key", ...args)
  const keys = async () =>
    (await desk.json(undefined, "provider", "show", provider.address)).keys.map(
      ({ address, valid, roles }) => [address, valid, roles],
    )
  const attest = (out: string, ...more: string[]) => [
    ...["attest", MODEL, "--input", `image=${SEVEN}`, "--provider", provider.address],
    ...["--consumer", stranger.address, "--coverage", "10", "--out", out, ...more],
  ]

  it("are added by the provider, or by anybody with a change that it signed", async () => {
    expect(await key(provider, "add", anchoring.address, "--roles", "anchor")).to.include({
      key: anchoring.address,
    })
    const signed = await key(provider, "add", signing.address, "--roles", "sign", "--sign-to", "add.json")
    expect(signed).to.include({ file: "add.json" }).and.not.to.have.property("transaction")
    expect(await keys()).to.deep.equal([[anchoring.address, true, ["anchor"]]])
    const sent = await key(stranger, "send", "add.json")
    expect(sent).to.deep.include({ provider: provider.address, key: signing.address, roles: ["sign"] })
    expect(await keys()).to.deep.equal([
      [anchoring.address, true, ["anchor"]],
      [signing.address, true, ["sign"]],
    ])
    const send = ["provider", "key", "send", "add.json"]
    await desk.refused({ code: "InvalidAccountNonce", exit: 5 }, stranger, ...send)
    const again = ["provider", "key", "revoke", signing.address, "--sign-to", "add.json"]
    await desk.refused({ code: "FileExists", exit: 5 }, provider, ...again)
    const roles = ["provider", "key", "add", stranger.address, "--roles", "spend"]
    await desk.refused({ code: "RolesInvalid", exit: 2 }, provider, ...roles)
  })

  it("do what their roles are, and nothing else", async () => {
    await desk.refused({ code: "KeyNotValid", exit: 77 }, anchoring, ...attest("no.json"))
    await desk.refused({ code: "SenderNotAuthorised", exit: 5 }, signing, ...attest("no.json", "--post"))
    await desk.json(signing, ...attest("one.json"))
    await desk.refused({ code: "SenderNotAuthorised", exit: 5 }, signing, "anchor", "one.json")
    expect(await desk.json(anchoring, "anchor", "one.json")).to.include({ count: 1 })
  })

  it("are revoked by a signed change, too", async () => {
    await key(provider, "revoke", signing.address, "--sign-to", "revoke.json")
    expect(await key(stranger, "send", "revoke.json")).to.deep.include({ roles: [] })
    await chain.wait(10)
    expect(await keys()).to.deep.include([signing.address, false, ["sign"]])
    await desk.refused({ code: "KeyNotValid", exit: 77 }, signing, ...attest("two.json"))
    const again = ["provider", "key", "revoke", signing.address]
    await desk.refused({ code: "KeyExpired", exit: 5 }, provider, ...again)
  })
})
