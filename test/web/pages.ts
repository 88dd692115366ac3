import { expect } from "chai"
import type { History } from "../../scripts/explorer/history.ts"
import { type WebStage, barriers } from "./stage.ts"

/** Every page with words that must stand on it. */
const pagesOf = ({ providers, receipts, stage }: History) => {
  const id = (name: keyof History["receipts"]) => receipts[name].entry.signed.receiptId
  return [
    ["/", "6 providers"],
    [`/providers/${providers.ada.address}`, "Re-executed by others"],
    [`/providers/${providers.cyn.address}`, "excluded"],
    [`/compare?ids=${providers.ada.address},${providers.bob.address}`, "Compare providers"],
    [`/receipts/${id("direct")}`, "Challengeable"],
    [`/receipts/${id("wrong")}`, "Convicted"],
    ["/disputes", "Bonds that wait for an answer"],
    [`/disputes/${id("open")}`, "The provider's turn"],
    ["/models", "1 model"],
    [`/models/${stage.program.modelId}`, "Operators, and what a proof about each takes at most"],
    ["/nowhere", "There is no such page"],
  ] as const
}

const PHONE = { width: 360, height: 740 }

export function testPages(stage: () => WebStage): void {
  describe("every page", () => {
    it("shows what it is about, and where that comes from, to everybody, on a wide screen and a phone", async () => {
      const { page, complaints, go } = await stage().visit()
      for (const [path, words] of pagesOf(stage().history)) {
        await page.setViewportSize({ width: 1280, height: 900 })
        await go(path)
        await page.getByText(words, { exact: false }).first().waitFor()
        await page.locator(".asof", { hasText: "Methodology" }).waitFor()
        const asOf = await page.locator(".asof").textContent()
        for (const name of ["Chain 31337", "Registry 0x", "Block", "Lag none", "Finality", "Methodology"])
          expect(asOf, path).to.include(name)
        expect(await barriers(page), path).to.deep.equal([])
        await page.emulateMedia({ colorScheme: "dark" })
        await page.waitForFunction(() => document.documentElement.dataset.theme === "dark")
        expect(await barriers(page, ["color-contrast"]), path).to.deep.equal([])
        await page.emulateMedia({ colorScheme: "light" })
        await page.setViewportSize(PHONE)
        expect(await page.evaluate("document.documentElement.scrollWidth"), path).to.be.at.most(PHONE.width)
      }
      expect(complaints).to.deep.equal([])
      await page.context().close()
    })
  })

  describe("the list of providers", () => {
    it("is filtered and ordered by its address, and its address follows the filters", async () => {
      const { page, go } = await stage().visit()
      const { ada, cyn } = stage().history.providers
      const rows = page.locator("tbody tr")
      await go("/?status=excluded")
      await page.getByText("1 provider", { exact: true }).waitFor()
      expect(await rows.first().textContent()).to.include(cyn.address.slice(2, 8).toLowerCase())
      await page.getByLabel("Status").selectOption("")
      await page.getByText("6 providers").waitFor()
      expect(new URL(page.url()).search).to.equal("")
      const words = page.getByLabel("Address or words")
      await words.fill("ADA.example")
      await page.getByText("1 provider", { exact: true }).waitFor()
      expect(new URL(page.url()).searchParams.get("search")).to.equal("ADA.example")
      expect(await rows.first().textContent()).to.include(ada.address.slice(2, 8).toLowerCase())
      await page.getByRole("link", { name: "Providers", exact: true }).click()
      await page.getByText("6 providers").waitFor()
      expect(await words.inputValue()).to.equal("")
      await page.context().close()
    })

    it("is ordered by a click on a column, and says so to screen readers", async () => {
      const { page, go } = await stage().visit()
      await go("/")
      await page.getByRole("button", { name: "Receipts" }).click()
      await page.locator('th[aria-sort="descending"]', { hasText: "Receipts" }).waitFor()
      await page.getByRole("button", { name: "Receipts" }).click()
      await page.locator('th[aria-sort="ascending"]', { hasText: "Receipts" }).waitFor()
      expect(new URL(page.url()).search).to.equal("?order=anchored&up=1")
      await page.context().close()
    })

    it("leads to a comparison of those that were chosen, by keyboard alone", async () => {
      const { page, go } = await stage().visit()
      await go("/")
      const boxes = page.getByRole("checkbox")
      await boxes.nth(0).focus()
      await page.keyboard.press("Space")
      await boxes.nth(1).focus()
      await page.keyboard.press("Space")
      await page.getByRole("link", { name: "Compare 2" }).focus()
      await page.keyboard.press("Enter")
      await page.getByRole("rowheader", { name: "Stake" }).waitFor()
      // Who types goes on where the new page begins.
      expect(await page.evaluate("document.activeElement.id")).to.equal("content")
      expect(await page.locator("table.compare thead th").count()).to.equal(2)
      await page.context().close()
    })
  })

  describe("what strangers wrote", () => {
    it("is text: no element, and no link but to https", async () => {
      const { page, complaints, go } = await stage().visit()
      const { dan, eve, ada } = stage().history.providers
      await go(`/providers/${eve.address}`)
      await page.getByText('<img src="x" onerror="alert(1)">').first().waitFor()
      expect(await page.locator("img").count()).to.equal(0)
      await go(`/providers/${dan.address}`)
      await page.getByText("javascript:alert('Dan')").first().waitFor()
      expect(await page.locator('a[href^="javascript"]').count()).to.equal(0)
      await go(`/providers/${ada.address}`)
      const link = page.getByRole("link", { name: "https://ada.example/onus.json" }).first()
      expect(await link.getAttribute("rel")).to.include("noopener noreferrer nofollow")
      for (const section of ["receipts", "disputes", "models", "providers"]) {
        await go(`/${section}/0x00;curl$IFS-T$IFS'evil'`)
        await page.getByText("There is no such page").waitFor()
        expect(await page.locator("body").textContent(), section).to.not.include("evil")
      }
      expect(complaints).to.deep.equal([])
      await page.context().close()
    })
  })

  describe("a page whose node does not answer", () => {
    it("says that what it shows may be old", async () => {
      const { page, go } = await stage().visit()
      await go("/")
      await page.getByText("6 providers").waitFor()
      await page.route("**/rpc", (route) => route.abort())
      await page.getByText("this may be old").waitFor()
      expect(await page.getByText("6 providers").count()).to.equal(1)
      await page.context().close()
    })

    it("shows what it is about when the node answers again, even if it never has before", async () => {
      const { page } = await stage().visit()
      await page.route("**/rpc", (route) => route.abort())
      await page.goto(stage().site.url)
      await page.getByText("RpcUnreachable").waitFor()
      await page.unroute("**/rpc")
      await page.getByText("6 providers").waitFor()
      await page.getByText("4,000 DEMO").waitFor()
      await page.context().close()
    })
  })
}
