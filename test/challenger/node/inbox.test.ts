import { request } from "node:http"
import { expect } from "chai"
import { openInbox } from "../../../src/challenger/node/inbox.ts"
import type { InboxOptions } from "../../../src/challenger/inbox/inbox.ts"
import { type Log, silentLog } from "../../../src/service/log.ts"

describe("the door of a challenger for consumers", () => {
  it("reads no body but one that is handed in", async () => {
    const ports: unknown[] = []
    const log: Log = { ...silentLog, info: ({ port }) => void ports.push(port) }
    const settings = { folder: undefined, host: "127.0.0.1", port: 0, maxBody: 2 ** 26, maxKept: 0 }
    const inbox = await openInbox({ inbox: settings }, { instruments: { log } as never }, {} as InboxOptions)
    const announce = (path: string, method: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const headers = { "content-type": "application/json", "content-length": 2 ** 25 }
        const asking = request({ port: Number(ports[0]), method, path, headers }, (response) => {
          response.resume()
          asking.destroy()
          resolve(response.statusCode)
        })
        asking.on("error", reject)
        // Only the beginning: who waits for the rest has room for it.
        asking.write("{")
      })
    try {
      expect(await announce("/nothing", "POST")).to.equal(413)
      expect(await announce("/v1/receipts", "PUT")).to.equal(413)
    } finally {
      await inbox.close()
    }
  })
})
