import { expect } from "chai"
import { ZeroHash } from "ethers"
import type { Page } from "playwright-core"
import { examine } from "../../web/src/verify/examine.ts"
import type { WebStage } from "./stage.ts"

/** The file of an answer, as the site keeps it. */
interface AnswerFile {
  readonly receipt: Record<string, string>
  readonly tensors: Record<string, string>
}

export function testVerification(stage: () => WebStage): void {
  const idOf = (name: "honest" | "wrong") => stage().history.receipts[name].entry.signed.receiptId
  const fileOf = async (id: string) =>
    (await (await fetch(`${stage().site.url}/evidence/${id}.json`)).json()) as AnswerFile
  const give = (page: Page, name: string, content: object | Uint8Array) =>
    page.locator('input[type="file"]').setInputFiles({
      name,
      mimeType: "application/octet-stream",
      buffer: Buffer.from(content instanceof Uint8Array ? content : JSON.stringify(content)),
    })
  const verdict = (page: Page, word: string) => page.locator(".card .pill", { hasText: word }).waitFor()
  const outcomes = (page: Page, outcome: string) =>
    page.locator(`.checks li[data-outcome="${outcome}"]`).allTextContents()

  describe("an answer, verified in the browser", () => {
    it("holds: signature, key, place, hashes, and every number, with the picture beside the answer", async () => {
      const { page, complaints, go } = await stage().visit()
      await go(`/receipts/${idOf("honest")}`)
      await verdict(page, "holds")
      const held = (await outcomes(page, "holds")).join()
      for (const name of [
        "receipt of this page",
        "Signature",
        "Key of the provider",
        "Place in its batch",
        "Every number",
      ])
        expect(held).to.include(name)
      const [said, own] = await page.locator(".digit .answer").allTextContents()
      expect(said).to.match(/^\d$/).and.equal(own)
      const ink = await page.evaluate(() => {
        const canvas = document.querySelector("canvas")!
        const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height)
        return data.some((value, at) => at % 4 === 0 && value < 100)
      })
      expect(ink).to.equal(true)
      await page.getByText("Challengeable").waitFor()
      expect(complaints).to.deep.equal([])
      await page.context().close()
    })

    it("is refused when its file was changed, and says what does not hold", async () => {
      const { page, go } = await stage().visit()
      const id = idOf("honest")
      const file = await fileOf(id)
      await go(`/receipts/${id}`)
      await verdict(page, "holds")

      const output = Buffer.from(file.tensors.output, "base64")
      output[0] ^= 1
      await give(page, "answer.json", {
        ...file,
        tensors: { ...file.tensors, output: output.toString("base64") },
      })
      await verdict(page, "refused")
      expect((await outcomes(page, "fails")).join()).to.include("Hash of the output")
      // The provider has not said what somebody wrote into its answer.
      expect(await page.locator(".digit .answer").first().textContent()).to.equal("unknown")

      await give(page, "answer.json", { ...file, receipt: { ...file.receipt, coverage: "1" } })
      await page.getByText("another one").waitFor()
      const fails = (await outcomes(page, "fails")).join()
      for (const name of ["receipt of this page", "Key of the provider", "Place in its batch"])
        expect(fails).to.include(name)

      await give(page, "answer.json", { nonsense: true })
      await page.getByText("BundleMalformed").waitFor()
      await verdict(page, "refused")

      await give(page, "answer.json", file)
      await verdict(page, "holds")
      await page.context().close()
    })

    it("accuses nobody by what nothing commits to: a changed file, a trace that was not signed", async () => {
      const file = await fileOf(idOf("wrong"))
      const model = stage().history.stage.modelFile
      const examined = (changed: object) =>
        examine({ text: JSON.stringify({ ...file, ...changed }), model, extras: [] })
      const outcome = async (name: string, changed: object) =>
        (await examined(changed)).checks.find((check) => check.name.startsWith(name))?.outcome
      expect((await examined({})).wrong).to.not.equal(undefined)

      const trace = Buffer.from(file.tensors.trace, "base64")
      trace[0] ^= 1
      const changed = { tensors: { ...file.tensors, trace: trace.toString("base64") } }
      expect(await outcome("Hash of the trace", changed)).to.equal("fails")
      expect((await examined(changed)).wrong).to.equal(undefined)

      const honest = await fileOf(idOf("honest"))
      const lazy = {
        ...honest,
        receipt: { ...honest.receipt, traceCommitment: ZeroHash },
        tensors: { ...honest.tensors, trace: trace.toString("base64") },
      }
      expect(await outcome("Hash of the trace", lazy)).to.equal("unknown")
      expect(await outcome("Every number", lazy)).to.equal("holds")
      expect((await examined(lazy)).wrong).to.equal(undefined)

      const question = { tensors: { input: honest.tensors.input, trace: "", output: "" } }
      expect(await outcome("Every number", question)).to.equal("unknown")
    })

    it("has no place in a batch of another provider, whatever its path leads to", async () => {
      const file = (await fileOf(idOf("honest"))) as AnswerFile & { inclusion: { batch: object } }
      const { inclusion } = file
      const batch = { ...inclusion.batch, provider: stage().history.providers.bob.address }
      const text = JSON.stringify({ ...file, inclusion: { ...inclusion, batch } })
      const { checks, batchId } = await examine({ text, model: undefined, extras: [] })
      expect(checks.find(({ name }) => name.startsWith("Place"))?.outcome).to.equal("fails")
      expect(batchId).to.equal(undefined)
    })

    it("tells a wrong input and a wrong model from the right ones", async () => {
      const { page, go } = await stage().visit()
      const id = idOf("honest")
      const input = Buffer.from((await fileOf(id)).tensors.input, "base64")
      await go(`/receipts/${id}`)
      await verdict(page, "holds")
      await give(page, "input.bin", input)
      await page.getByText("Your file input.bin as the input").waitFor()
      await verdict(page, "holds")
      input[3] ^= 1
      await give(page, "input.bin", input)
      await verdict(page, "refused")
      await page.context().close()
    })

    it("is refused when a number in it is wrong, and shows which, and what the right answer is", async () => {
      const { page, go } = await stage().visit()
      await go(`/receipts/${idOf("wrong")}`)
      await verdict(page, "refused")
      expect((await outcomes(page, "fails")).join()).to.match(/Element \d+ of step \d+ is given as/)
      const [said, own] = await page.locator(".digit .answer").allTextContents()
      expect(said).to.match(/^\d$/).and.not.equal(own)
      await page.context().close()
    })

    it("is grey where there is no file: nothing is said to hold", async () => {
      const { page, go } = await stage().visit()
      await page.route("**/evidence/**", (route) => route.fulfill({ status: 404 }))
      await go(`/receipts/${idOf("honest")}`)
      await verdict(page, "not checked")
      expect(await page.locator(".pill.good").count()).to.equal(0)
      await page.context().close()
    })
  })
}
