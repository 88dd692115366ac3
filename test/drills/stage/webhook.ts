import { createServer } from "node:http"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import type { Alert } from "../../../src/service/alerts.ts"

/** What an operator's pager receives. */
export interface Webhook {
  readonly url: string
  readonly alerts: readonly Alert[]
  close(): Promise<void>
}

/** Listens for alerts. */
export async function openWebhook(): Promise<Webhook> {
  const alerts: Alert[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      alerts.push(JSON.parse(body) as Alert)
      response.end()
    })
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/alerts`,
    alerts,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
}
