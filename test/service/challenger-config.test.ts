import { join } from "node:path"
import { expect } from "chai"
import { CHALLENGER } from "../../src/service/config/challenger-schema.ts"
import { explainConfig } from "../../src/service/config/explain.ts"
import { loadChallengerConfig, loadConfig } from "../../src/service/config/load.ts"
import { renderConfig } from "../../src/service/config/render.ts"
import { secretsOf } from "../../src/service/scrub.ts"
import { Folder, failure } from "./helpers.ts"

const LEAST = `
[chain]
rpc = ["http://127.0.0.1:8545"]
chain_id = 31337
registry = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
`
const SOMEBODY = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"

describe("The configuration of a challenger", () => {
  const folder = new Folder()
  after(() => folder.remove())

  const load = (text: string, set: string[] = [], environment: NodeJS.ProcessEnv = {}) =>
    loadChallengerConfig({ config: folder.write("onus-challenger.toml", text), set, environment })
  const problems = async (text: string, set: string[] = [], environment: NodeJS.ProcessEnv = {}) => {
    const error = await failure(load(text, set, environment))
    expect(error.code).to.equal("ConfigInvalid")
    return error.message.split("\n  ").slice(1)
  }

  it("needs a chain only, as a monitor has no key, and checks everything unless told otherwise", async () => {
    const { config } = await load(LEAST)
    expect(config.keys.sending).to.equal(undefined)
    expect(config.choose).to.deep.include({ share: 1, providers: undefined, notProviders: [], notModels: [] })
    expect(config.choose.omissions).to.equal("certain")
    expect(config.fetch.allowPrivate).to.equal(false)
    expect(config.inbox).to.deep.include({ folder: undefined, port: undefined })
    expect(config.audits).to.deep.equal({ contract: undefined, draw: false, minFee: "0" })
  })

  it("takes paths as relative to the file that names them", async () => {
    const { config } = await load(
      `${LEAST}[book]\nurl = "sqlite:data/book.db"\n[models]\nfolder = "m"\n[inbox]\nfolder = "in"\n[keys.sending]\nkeystore = "k.json"\npassword_file = "p.txt"`,
    )
    const at = (...names: string[]) => join(folder.path, ...names)
    expect(config.book.url).to.equal(`sqlite:${at("data", "book.db")}`)
    expect([config.models.folder, config.inbox.folder, config.export.folder]).to.deep.equal([
      at("m"),
      at("in"),
      at("evidence"),
    ])
    expect(config.keys.sending).to.deep.equal({
      kind: "keystore",
      keystore: at("k.json"),
      passwordFile: at("p.txt"),
    })
  })

  it("has variables and a place of its own", async () => {
    const set = [`choose.not_providers=${SOMEBODY.toLowerCase()}`]
    const environment = { ONUS_CHALLENGER__CHOOSE__SHARE: "0.25", ONUS_NODE__CHAIN__POLL: "3s" }
    const { config } = await load(LEAST, set, environment)
    expect(config.choose).to.deep.include({ share: 0.25, notProviders: [SOMEBODY] })
    expect(config.chain.poll).to.equal(4)
    const path = folder.write("other.toml", LEAST)
    const found = await loadChallengerConfig({ environment: { ONUS_CHALLENGER_CONFIG: path } })
    expect(found.path).to.equal(path)
    const missing = await failure(loadChallengerConfig({ environment: { XDG_CONFIG_HOME: folder.path } }))
    expect(missing.code).to.equal("ConfigMissing")
    expect(missing.message).to.include("onus-challenger.toml")
  })

  it("names what is wrong, and what belongs together", async () => {
    const text = `${LEAST}[spend]\nmin_value = "0.1"\n[gas]\ncap = "1"\nwarn_below = "0.01"\n[choose]\nshare = 0\nproviders = ["x"]\n[bok]`
    const environment = { ONUS_CHALLENGER__CHAIN__POL: "2s" }
    const found = (await problems(text, [], environment)).join("\n")
    expect(found).to.include("choose.share = 0 must be a number above 0 to 1")
    expect(found).to.include("choose.providers")
    expect(found).to.include("bok is no setting; did you mean book?")
    expect(found).to.include("did you mean ONUS_CHALLENGER__CHAIN__POLL?")
    const together = (
      await problems(`${LEAST}[spend]\nmin_value = "0.1"\n[gas]\ncap = "1"\nwarn_below = "0.01"`)
    ).join("\n")
    expect(together).to.include("spend.token_price must be named for `min_value`")
    expect(together).to.include("gas.cap must be at least `claim_cap`")
    expect(together).to.include("gas.warn_below must be at least `reserve`")
    expect((await failure(load(""))).message).to.include("chain.rpc")
  })

  it("is written by `onus challenger init` so that it says what holds without it", async () => {
    const [all, least] = [
      await load(renderConfig(CHALLENGER, "maximal")),
      await load(renderConfig(CHALLENGER, "minimal")),
    ]
    expect(all.config).to.deep.equal(least.config)
    expect(all.config.keys.sending).to.deep.include({ kind: "keystore" })
    const text = renderConfig(CHALLENGER, "maximal")
    for (const { settings } of CHALLENGER.tables) {
      for (const key of Object.keys(settings)) expect(text).to.match(new RegExp(`^(# )?${key} = `, "m"))
    }
  })

  it("is explained without credentials, which are known as such", async () => {
    const text = LEAST.replace("http://127.0.0.1:8545", "https://u:hunter2hunter2@node.example")
    const read = await loadConfig(CHALLENGER, { config: folder.write("s.toml", text), environment: {} })
    const shown = explainConfig(CHALLENGER, read)
    expect(JSON.stringify(shown)).not.to.include("hunter2")
    expect(shown.find(({ key }) => key === "choose.share")).to.deep.equal({
      key: "choose.share",
      value: 1,
      from: "default",
    })
    expect(secretsOf(CHALLENGER.secretive(read.config), {})).to.include("hunter2hunter2")
  })
})
