import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import type { Checker } from "../../../src/challenger/check.ts"
import type { ModelFiles } from "../../../src/challenger/check/model-files.ts"
import { openChecker } from "../../../src/challenger/check/open.ts"
import type { Question } from "../../../src/challenger/check/questions.ts"
import { Exporter } from "../../../src/challenger/export/exporter.ts"
import { interpret } from "../../../src/engine/reference/interpreter.ts"
import { commit } from "../../../src/engine/trace/commitment.ts"
import { inputsFrom } from "../../../src/pool/work.ts"
import { RECEIPT_TYPES, receiptDomain } from "../../../src/protocol/receipt.ts"
import { silentLog } from "../../../src/service/log.ts"
import { onus } from "../../cli/run.ts"
import { DIGITS } from "../../engine/onnx/models.ts"
import { digits, picture } from "../../provider/parts.ts"
import {
  Heard,
  KEY,
  REGISTRY,
  SMALL,
  Served,
  compileHere,
  mismatchOf,
  receiptFor,
  receiptOf,
} from "../check/stage.ts"

interface Said {
  readonly verdict: string
  readonly fault?: { readonly step: number; readonly element: number }
  readonly signer: string | null
  readonly commitments: Readonly<Record<string, { readonly committed: string; readonly own: string }>>
}

const SEVEN = picture()

describe("what a challenger found out, as files", () => {
  const folder = mkdtempSync(join(tmpdir(), "onus-export-"))
  const served = new Served()
  let checker: Checker & ModelFiles
  let exporter: Exporter

  before(async () => {
    served.addModel(digits(), DIGITS)
    checker = await openChecker({
      sources: served,
      alerts: new Heard(),
      log: silentLog,
      caps: SMALL,
      compile: compileHere,
      selfTest: () => Promise.resolve(undefined),
    })
    exporter = new Exporter({ folder, checker })
  })
  after(async () => {
    await checker.close()
    rmSync(folder, { recursive: true })
  })

  const wrongRun = () =>
    interpret(digits(), inputsFrom(digits(), SEVEN), (step, bytes) => step === 1 && (bytes[2] ^= 64))

  async function signed({ id, signed: { receipt } }: Question): Promise<Question> {
    const signature = await KEY.signTypedData(receiptDomain(REGISTRY), RECEIPT_TYPES, receipt)
    const question = { id, signed: { registry: REGISTRY, receipt, signature } }
    served.questions.set(id, SEVEN)
    return question
  }

  const exported = async (known: Question) => {
    const opinion = await checker.check(known)
    const path = await exporter.write({ ...known, inclusion: undefined, isAttested: false }, opinion)
    return { opinion, path, page: readFileSync(join(path, "README.md"), "utf8") }
  }

  /** Does what the page says, in the folder where it lies. */
  async function repeated(path: string, page: string): Promise<{ code: number; said: Said }> {
    const command = /^onus (verify .*)$/m.exec(page)![1].split(" ")
    const { code, stdout } = await onus(path, { ONUS_RPC: "http://127.0.0.1:1" }, ...command, "--json")
    return { code, said: JSON.parse(stdout) as Said }
  }

  it("show the wrong element with everything it is made of, and how to repeat it without a chain", async () => {
    const wrong = wrongRun()
    const known = await signed(receiptOf(wrong))
    served.addBundle(known, wrong)
    const { opinion, path, page } = await exported(known)
    const { step, element } = mismatchOf(opinion).served!
    expect(readdirSync(path).sort()).to.deep.equal(["README.md", "bundle.json", "finding.json", "model.onnx"])
    expect(page).to.contain("# This answer is wrong").and.contain(known.id)
    expect(page).to.contain(`Element ${element} of intermediate tensor`)
    const { fault, explanation } = JSON.parse(readFileSync(join(path, "finding.json"), "utf8")) as {
      fault: { claimed: { bits: string }; correct: { bits: string } }
      explanation: { registers: { value: { bits: string } }[]; operands: { count: number }[] }
    }
    expect(page).to.contain(fault.claimed.bits).and.contain(fault.correct.bits)
    // The last operation gives what the element must be.
    expect(explanation.registers.at(-1).value.bits).to.equal(fault.correct.bits)
    expect(explanation.operands.some(({ count }) => count > 0)).to.equal(true)
    const { code, said } = await repeated(path, page)
    expect(code).to.equal(3)
    expect(said).to.include({ verdict: "mismatch", signer: KEY.address })
    expect(said.fault).to.include({ step, element })
  })

  it("hold the question alone where the provider has shown nothing", async () => {
    const known = await signed(receiptOf(wrongRun()))
    const { path, page } = await exported(known)
    expect(page).to.contain("has not shown the numbers")
    const { code, said } = await repeated(path, page)
    expect(code).to.equal(3)
    const { outputRoot } = commit(interpret(digits(), inputsFrom(digits(), SEVEN)))
    expect(said.fault).to.equal(undefined)
    expect(said.commitments.output).to.deep.equal({
      committed: known.signed.receipt.outputCommitment,
      own: outputRoot,
    })
  })

  it("say of a right answer that it is right, and of one without a signature that there is none", async () => {
    const { inputRoot, outputRoot } = commit(interpret(digits(), inputsFrom(digits(), SEVEN)))
    const known = receiptFor(digits(), { inputRoot, outputRoot, traceRoot: undefined })
    served.questions.set(known.id, SEVEN)
    const { path, page } = await exported(known)
    expect(page).to.contain("# This answer is right").and.contain("the chain has shown this receipt")
    const { code, said } = await repeated(path, page)
    expect(code).to.equal(0)
    expect(said).to.include({ verdict: "match", signer: null })
  })

  it("appear whole, over what was there, and without a model that is too large", async () => {
    const known = await signed(receiptOf(wrongRun()))
    const opinion = await checker.check(known)
    const small = new Exporter({ folder, checker, mostModel: 10 })
    const told = { ...known, inclusion: undefined, isAttested: true }
    const path = await small.write(told, opinion)
    writeFileSync(join(path, "notes.txt"), "of somebody")
    expect(await small.write(told, opinion)).to.equal(path)
    expect(readdirSync(path).sort()).to.deep.equal(["README.md", "bundle.json", "finding.json"])
    expect(readFileSync(join(path, "README.md"), "utf8")).to.contain("--model MODEL.onnx")
    expect(readdirSync(folder).filter((name) => name.includes("tmp"))).to.deep.equal([])
  })
})
