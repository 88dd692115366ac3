import { expect } from "chai"
import type { WebStage } from "./stage.ts"

/** A wallet as an extension puts it into pages: it asks the node of the site, which lets anybody send. */
const walletOf = (account: string): string => `
  window.ethereum = {
    request: async ({ method, params = [] }) => {
      if (method === "eth_requestAccounts") return [${JSON.stringify(account)}]
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params })
      const headers = { "content-type": "application/json" }
      const { result, error } = await (await fetch("/rpc", { method: "POST", headers, body })).json()
      if (error) throw new Error(error.message)
      return result
    },
  }`

export function testWallet(stage: () => WebStage): void {
  const visitAs = async (account: string) => {
    await stage().history.stage.chain.rpc.send("hardhat_impersonateAccount", [account])
    const visit = await stage().visit()
    await visit.page.addInitScript(walletOf(account))
    return visit
  }

  describe("an action by a wallet", () => {
    it("is tried first: what the chain would refuse is named, and cannot be sent", async () => {
      const { page, go } = await visitAs(stage().history.providers.fay.address)
      const deed = (name: string) =>
        page.locator(".deed", { has: page.getByRole("heading", { name, exact: true }) })
      await go(`/providers/${stage().history.providers.fay.address}`)
      await page.getByRole("button", { name: "Connect", exact: true }).click()
      await page.getByLabel("Amount in DEMO").fill("50")
      const stake = deed("Stake")
      await stake.getByRole("button", { name: "Try it" }).click()
      await stake.getByText("ERC20InsufficientAllowance").waitFor()
      expect(await stake.getByRole("button", { name: "Send" }).isDisabled()).to.equal(true)

      await deed("Approve").getByRole("button", { name: "Try it" }).click()
      await deed("Approve").getByText("The chain would take it now").waitFor()
      await page.getByLabel("Amount in DEMO").fill("51")
      await deed("Approve").getByText("take 51 DEMO").waitFor()
      expect(await page.getByText("The chain would take it now").count()).to.equal(0)
      expect(await deed("Approve").getByRole("button", { name: "Send" }).isDisabled()).to.equal(true)
      await page.getByLabel("Amount in DEMO").fill("50")

      for (const name of ["Approve", "Stake"]) {
        await deed(name).getByRole("button", { name: "Try it" }).click()
        await deed(name).getByText("The chain would take it now").waitFor()
        await deed(name).getByRole("button", { name: "Send" }).click()
        await deed(name).getByText("Confirmed").waitFor()
      }
      await page.locator(".tile .figure", { hasText: "350" }).waitFor()
      await page.context().close()
    })

    it("is for anybody where anybody may: what nobody gets of a conviction is burned", async () => {
      const { page, go } = await visitAs(stage().history.challenger.address)
      await go(`/receipts/${stage().history.receipts.wrong.entry.signed.receiptId}`)
      await page.getByRole("button", { name: "Connect", exact: true }).click()
      await page.getByRole("button", { name: "Try it" }).click()
      await page.getByText("The chain would take it now").waitFor()
      await page.getByRole("button", { name: "Send" }).click()
      await page.locator("tr", { hasText: "burned" }).getByText("paid").waitFor()
      await page.context().close()
    })
  })
}
