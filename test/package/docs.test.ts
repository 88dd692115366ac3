import { execFile } from "node:child_process"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { expect } from "chai"
import { toJson } from "../../src/protocol/json.ts"
import { receiptId } from "../../src/protocol/receipt.ts"
import { bundleOf, encodeBundle } from "../../src/sdk/bundle.ts"
import { RUN } from "../challenger/stage.ts"
import { MODEL_FILE } from "../sdk/samples.ts"
import { type History, makeHistory } from "../facts/happened.ts"
import { application } from "./installed.ts"
import { problemsOf } from "./types.ts"

const GUIDE = join(import.meta.dirname, "..", "..", "docs", "frontends.md")

interface Example {
  readonly heading: string
  readonly file: string
  readonly text: string
}

/** The examples of the guide, named after their headings. */
const examples = [...readFileSync(GUIDE, "utf8").matchAll(/^## (.+)$|```(tsx?|js)\n([^]*?)```/gm)].reduce<{
  heading: string
  all: Example[]
}>(
  ({ heading, all }, [, next, extension, text]) =>
    next === undefined
      ? { heading, all: [...all, { heading, file: `example-${all.length}.${extension}`, text }] }
      : { heading: next, all },
  { heading: "", all: [] },
).all

/** What examples find: as the guide says in words. */
const GIVEN = `
import type { Inclusion, SignedReceipt } from "onus/protocol"
declare global {
  const rpc: string
  const registry: string
  const policies: string
  const provider: string
  const other: string
  const model: string
  const dispute: string
  const modelUrl: string
  const bundle: string
  const answer: { readonly signed: SignedReceipt; readonly inclusion?: Inclusion }
}`

describe("the guide for frontends", () => {
  let folder: string
  let history: History
  const prints = new Map<string, string>()

  before(async () => {
    folder = application()
    history = await makeHistory()
    const { url, registry, policies, honest, liar, anchored, disputed } = history
    const given = {
      rpc: url,
      registry,
      policies,
      provider: honest,
      other: liar,
      model: anchored.signed.receipt.modelId,
      modelUrl: `data:application/octet-stream;base64,${Buffer.from(MODEL_FILE).toString("base64")}`,
      bundle: encodeBundle(bundleOf(anchored.signed, RUN, anchored.inclusion)),
      dispute: receiptId(disputed.signed.registry, disputed.signed.receipt),
    }
    writeFileSync(join(folder, "given.d.ts"), GIVEN)
    for (const { file, text } of examples) writeFileSync(join(folder, file), text)
    const runnable = examples.filter(({ file }) => !file.endsWith(".tsx"))
    const answer = toJson({ inclusion: anchored.inclusion, ...anchored.signed })
    writeFileSync(
      join(folder, "examples.mjs"),
      `import { decodeHandedIn } from "onus/sdk"
      import { inspect } from "node:util"
      Object.assign(globalThis, ${JSON.stringify(given)}, { answer: decodeHandedIn(${JSON.stringify(answer)}) })
      const { log } = console
      for (const file of ${JSON.stringify(runnable.map(({ file }) => file))}) {
        const lines = []
        console.log = (...values) => lines.push(values.map((value) => typeof value === "string" ? value : inspect(value, { breakLength: Infinity })).join(" "))
        await import("./" + file)
        log(JSON.stringify([file, lines.join("\\n")]))
      }
      process.exit()`,
    )
    const { stdout } = await promisify(execFile)(process.execPath, ["examples.mjs"], { cwd: folder })
    for (const line of stdout.trim().split("\n")) prints.set(...(JSON.parse(line) as [string, string]))
  })

  after(() => history?.close())

  /** What the examples below a heading printed. */
  const all = (heading: string) =>
    examples.filter((example) => example.heading === heading).map(({ file }) => prints.get(file) ?? "")
  const printed = (heading: string) => all(heading)[0]

  it("lists providers, also without an index", () => {
    const [honest, liar] = printed("Who is there").split("\n")
    expect(honest).to.match(new RegExp(`^${history.honest} active 0\\.\\d\\d, uncertainty 0\\.\\d\\d`, "i"))
    expect(liar).to.match(new RegExp(`^${history.liar} excluded 0\\.00, .*lost 100 %`, "i"))
    expect(printed("From an index")).to.equal("chain")
  })

  it("compares providers, and says what became of an answer", () => {
    expect(printed("Side by side")).to.contain("Faults ever proven [ 0, 1 ] best: [ 0 ]")
    const [stage, verdict] = all("What became of an answer")
    expect(stage).to.match(/^anchored .* null$/)
    expect(verdict).to.equal(`match ${history.honest}`)
  })

  it("says whose move it is", () => {
    expect(printed("Whose move it is")).to.match(/^provider \d{4}-.* Anyone can convict/)
  })

  it("checks a policy, and says in words what is wrong", () => {
    expect(printed("Is it accountable enough")).to.match(/^false .*still open.*is below 0\.90/)
    expect(printed("When something is wrong")).to.match(/^RpcUnreachable No node answers/)
    expect(printed("With other libraries")).to.match(/\d+$/)
  })

  it("has examples whose types hold, in React too", () => {
    const files = examples.map(({ file }) => file).filter((file) => !file.endsWith(".js"))
    expect(problemsOf(folder, ["given.d.ts", ...files])).to.deep.equal([])
  })

  it("links to what is there", () => {
    for (const [, target] of readFileSync(GUIDE, "utf8").matchAll(/\]\(([^)#]+)[^)]*\)/g))
      expect(existsSync(join(GUIDE, "..", target)), target).to.equal(true)
  })
})
