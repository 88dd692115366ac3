import { join } from "node:path"
import { expect } from "chai"
import { loadNodeConfig } from "../../src/service/config/load.ts"
import { NODE } from "../../src/service/config/node-schema.ts"
import { renderConfig } from "../../src/service/config/render.ts"
import { Folder, LEAST, failure } from "./helpers.ts"

describe("The configuration of a node", () => {
  const folder = new Folder()
  after(() => folder.remove())

  const load = (text: string, set: string[] = [], environment: NodeJS.ProcessEnv = {}) =>
    loadNodeConfig({ config: folder.write("onus.toml", text), set, environment })
  const problems = async (text: string, set: string[] = [], environment: NodeJS.ProcessEnv = {}) => {
    const error = await failure(load(text, set, environment))
    expect(error.code).to.equal("ConfigInvalid")
    return error.message.split("\n  ").slice(1)
  }

  it("needs a chain, a provider, a key and a model, and fills in the rest", async () => {
    const { config, path } = await load(LEAST)
    expect(path).to.equal(join(folder.path, "onus.toml"))
    expect(config.chain).to.deep.include({ chainId: 31337n, poll: 4, confirmations: 0 })
    expect(config.answers).to.deep.include({ window: 21_600, coverage: "1", requireConsumer: false })
    expect(config.gas).to.deep.include({ cap: 200n * 10n ** 9n, reserve: 5n * 10n ** 16n })
    expect(config.http.maxBody).to.equal(16 * 2 ** 20)
    expect(config.models[0]).to.deep.include({ version: undefined, trace: "lazy", dims: {} })
    expect(config.keys.sending).to.equal(config.keys.signing)
  })

  it("takes paths as relative to the file that names them", async () => {
    const { config } = await load(
      `${LEAST}constants = { shape = "shape.pb" }\n[journal]\nurl = "sqlite:data/j.db"`,
    )
    expect(config.keys.signing).to.deep.equal({
      kind: "keystore",
      keystore: join(folder.path, "signing.json"),
      passwordFile: join(folder.path, "password.txt"),
    })
    expect(config.models[0].file).to.equal(join(folder.path, "models", "digits.onnx"))
    expect(config.models[0].constants).to.deep.equal({ shape: join(folder.path, "shape.pb") })
    expect(config.journal.url).to.equal(`sqlite:${join(folder.path, "data", "j.db")}`)
  })

  it("lets flags win over the environment, and that over the file", async () => {
    const environment = {
      ONUS_NODE__CHAIN__POLL: "3s",
      ONUS_NODE__HTTP__PORT: "81",
      ONUS_NODE__CHAIN__RPC: "http://a.example, http://b.example",
      ONUS_NODE__ANSWERS__REQUIRE_CONSUMER: "true",
      ONUS_NODE__MODELS__0__DIMS__Batch: "4",
      ONUS_NODE__KEYS__SENDING__RAW_ENV: "KEY",
      ONUS_NODE__KEYS__SENDING__ALLOW_RAW_KEY: "true",
    }
    const { config } = await load(LEAST, ["chain.poll=2s", "models.0.trace=eager"], environment)
    expect(config.chain).to.deep.include({ poll: 2, rpc: ["http://a.example", "http://b.example"] })
    expect(config.http.port).to.equal(81)
    expect(config.answers.requireConsumer).to.equal(true)
    expect(config.models[0]).to.deep.include({ dims: { Batch: 4 }, trace: "eager" })
    expect(config.keys.sending).to.deep.equal({ kind: "raw", env: "KEY" })
    expect(config.keys.signing.kind).to.equal("keystore")
  })

  it("names all problems at once, each with its place, its value and what is allowed", async () => {
    const text = LEAST.replace("chain_id = 31337", 'chain_id = "x"\npoll = "2"')
    const found = await problems(`${text}queue = -1\n[gas]\ncap = 5\n[journal]\nshare = 0`, [
      "http.port=http",
    ])
    expect(found).to.have.members([
      'chain.chain_id = "x" must be the number of a chain',
      'chain.poll = "2" must be a time from "100ms" to "10m": a number with ms, s, m, h or d',
      "models[0].queue = -1 must be a whole number from 0 to 100000",
      "gas.cap = 5 must be an amount in gwei, as a decimal in quotes",
      "journal.share = 0 must be a number above 0 to 1",
      'http.port = "http" must be a whole number from 0 to 65535',
    ])
  })

  it("says what is missing", async () => {
    const found = await problems("")
    expect(found.map((line) => line.split(" ")[0])).to.have.members([
      "chain.rpc",
      "chain.chain_id",
      "chain.registry",
      "provider.address",
      "keys.signing.keystore",
      "models",
    ])
  })

  it("refuses what it does not know, and names what was likely meant", async () => {
    const text = `${LEAST}thread = 2\n[chains]\n[http]\nxyzzy = 1`
    const environment = { ONUS_NODE__CHAIN__POL: "2s" }
    const found = (await problems(text, ["chain.pull=1s", "__proto__.x=1"], environment)).join("\n")
    expect(found).to.include("models[0].thread is no setting; did you mean threads?")
    expect(found).to.include("chains is no setting; did you mean chain?")
    expect(found).to.include("http.xyzzy is no setting; known here: host, port")
    expect(found).to.include("ONUS_NODE__CHAIN__POL is no setting; did you mean ONUS_NODE__CHAIN__POLL?")
    expect(found).to.include("--set chain.pull is no setting; did you mean chain.poll?")
    expect(found).to.include("--set __proto__.x is no setting")
    expect(({} as { x?: unknown }).x).to.equal(undefined)
  })

  it("checks what belongs together", async () => {
    const twice = `${LEAST}[[models]]\nname = "digits"\nfile = "b.onnx"\n`
    const found = (
      await problems(
        `${twice}[answers]\nwindow = "2d"\ncoverage = "20.5"\nanchor_within = "1m"\n[gas]\ndefence_cap = "1"`,
      )
    ).join("\n")
    expect(found).to.include("models[1].name must differ")
    expect(found).to.include("answers.window must be from `min_window` to `max_window`")
    expect(found).to.include("answers.coverage must be at most `max_coverage`")
    expect(found).to.include("answers.anchor_within must be at least `min_anchor_within`")
    expect(found).to.include("gas.defence_cap must be at least `cap`")
    expect(await problems(LEAST, ["anchoring.margin=30m"])).to.deep.equal([
      "anchoring.margin must be less than `answers.min_anchor_within`",
    ])
  })

  it("takes a key from one place, and a raw one only if that is allowed", async () => {
    const key = (...lines: string[]) => LEAST.replace(/keystore[^[]*/, `${lines.join("\n")}\n`)
    const web3signer = 'web3signer = "http://127.0.0.1:9000"'
    const address = 'address = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"'
    expect((await load(key(web3signer, address))).config.keys.signing).to.include({
      kind: "web3signer",
      timeout: 3,
    })
    expect(await problems(key(web3signer))).to.deep.equal([
      "keys.signing.address must say which key of the Web3Signer",
    ])
    expect(await problems(key('raw_env = "KEY"'))).to.have.length(1)
    expect(await problems(key('raw_env = "KEY"', web3signer, address))).to.have.length(1)
    expect(await problems(key('keystore = "a"'))).to.have.length(1)
  })

  it("repeats no secret in an error", async () => {
    const text = LEAST.replace('"http://127.0.0.1:8545"', '"ftp://user:hunter2@node.example/hunter2"')
    const secret = `${text}[alerts]\nwebhook = "hunter2"\npassword = "hunter2"`
    expect((await problems(secret)).join()).not.to.include("hunter2")
    const broken = await failure(load(`${LEAST}\n[alerts]\nwebhook = "https://hunter2`))
    expect(broken.code).to.equal("ConfigMalformed")
    expect(broken.message)
      .to.match(/onus\.toml:\d+:\d+ is not TOML: /)
      .and.not.include("hunter2")
  })

  it("refuses hostile files", async () => {
    expect((await failure(load(`a = ${"[".repeat(5000)}`))).code).to.equal("ConfigMalformed")
    expect((await failure(load("__proto__ = { polluted = true }"))).code).to.equal("ConfigMalformed")
    expect((await failure(load("#".repeat(2 ** 20 + 1)))).code).to.equal("ConfigUnreadable")
    expect((await failure(loadNodeConfig({ config: folder.path, environment: {} }))).code).to.equal(
      "ConfigUnreadable",
    )
  })

  it("is written by `onus node init` so that it says what holds without it", async () => {
    const [all, least] = [
      await load(renderConfig(NODE, "maximal")),
      await load(renderConfig(NODE, "minimal")),
    ]
    expect(all.config).to.deep.equal(least.config)
    const text = renderConfig(NODE, "maximal")
    for (const { settings } of NODE.tables) {
      for (const key of Object.keys(settings)) expect(text).to.match(new RegExp(`^(# )?${key} = `, "m"))
    }
  })

  it("is found by the flag, the environment, and then in the user's folder", async () => {
    const path = folder.write("other.toml", LEAST)
    expect((await loadNodeConfig({ environment: { ONUS_CONFIG: path } })).path).to.equal(path)
    const missing = loadNodeConfig({ environment: { XDG_CONFIG_HOME: folder.path } })
    expect(await failure(missing)).to.deep.include({ code: "ConfigMissing" })
    const named = loadNodeConfig({ config: `${path}x`, environment: { ONUS_CONFIG: path } })
    expect(await failure(named)).to.deep.include({ code: "ConfigMissing" })
  })
})
