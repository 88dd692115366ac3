import { expect } from "chai"
import type { WebStage } from "./stage.ts"

export function testLive(stage: () => WebStage): void {
  describe("an open dispute", () => {
    it("is followed live to its end, without loading the page again", async () => {
      const { history } = stage()
      const { page, complaints, go } = await stage().visit()
      // Nobody shows the answer: what is known comes from the chain alone.
      await page.route("**/evidence/**", (route) => route.fulfill({ status: 404 }))
      const turn = page.locator(".banner strong")
      await go(`/disputes/${history.receipts.open.entry.signed.receiptId}`)
      await page.getByText("The provider's turn").waitFor()
      await page
        .getByText(/23 h \d+ min left/)
        .first()
        .waitFor()
      expect(await page.locator(".sides .value").allTextContents()).to.deep.equal(["unknown", "unknown"])

      await history.answerOpen()
      await page.getByText("The challenger's turn").waitFor()
      await page.locator(".pill", { hasText: "shown" }).waitFor()

      await history.convictOpen()
      await page.locator(".banner.bad").waitFor()
      expect(await turn.textContent()).to.equal("Convicted")
      // Recomputed out of the conviction's transaction.
      await page.locator(".sides .right").waitFor()
      await page.getByText("from nothing but what the conviction's transaction shows").waitFor()
      const [claimed, right] = await page.locator(".sides .value").allTextContents()
      expect(Number(claimed)).to.not.equal(Number(right))
      await page.getByText("Operands, and what is made of them").click()
      await page.getByText(/r0 = Dot/).waitFor()
      expect(complaints).to.deep.equal([])
      await page.context().close()
    })
  })
}
