import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { json } from "node:stream/consumers"
import type { Connection } from "../../scripts/deploy/deploy.ts"

interface Question {
  readonly id: unknown
  readonly method: string
  readonly params?: unknown[]
}

/** A chain that others can ask. */
export interface Served {
  readonly url: string
  /** Logs of more blocks are not told at once. */
  mostBlocks: number | undefined
  /** Is waited for before anything is answered. */
  before?: ((method: string, params: readonly unknown[]) => Promise<void>) | undefined
  close(): void
}

/** JSON-RPC over HTTP to a chain in this process. */
export async function serve({ provider }: Pick<Connection, "provider">): Promise<Served> {
  const answer = async ({ id, method, params = [] }: Question): Promise<unknown> => {
    try {
      await served.before?.(method, params)
      if (method === "eth_getLogs") requireFew(params[0] as Range, served.mostBlocks)
      return { jsonrpc: "2.0", id, result: (await provider.request({ method, params })) as unknown }
    } catch (error) {
      return { jsonrpc: "2.0", id, error: { code: -32000, message: (error as Error).message } }
    }
  }
  const server = createServer((request, response) => {
    const reply = async (): Promise<void> => {
      const body = await json(request).catch(() => undefined)
      if (body === undefined) return void response.writeHead(400).end()
      const answers = Array.isArray(body)
        ? await Promise.all((body as Question[]).map(answer))
        : await answer(body as Question)
      response.setHeader("content-type", "application/json").end(JSON.stringify(answers))
    }
    void reply()
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const served: Served = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mostBlocks: undefined,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
  return served
}

interface Range {
  readonly fromBlock: string
  readonly toBlock: string
}

function requireFew({ fromBlock, toBlock }: Range, most = Infinity): void {
  if (Number(toBlock) - Number(fromBlock) >= most) throw new Error("query returned more than 10000 results")
}
