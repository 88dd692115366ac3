import { type Server, createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { json } from "node:stream/consumers"
import type { Fault } from "./rpc-faults.ts"
import type { Call, Proxy, SeenTransaction, View } from "./rpc-proxy.ts"

/** What another process can have a proxy do: one of these at a time. */
export interface Command {
  readonly fault?: { readonly method: string; readonly fault: Fault; readonly times?: number }
  /** A method, or `true` for everything. */
  readonly heal?: string | true
  readonly lag?: View | null
  readonly down?: true
  readonly up?: true
  readonly release?: true
}

/** What the proxy has seen. */
export interface Seen {
  readonly url: string
  readonly calls: readonly Call[]
  readonly transactions: readonly SeenTransaction[]
}

/** Lets other processes switch a proxy's faults: `POST /control` does a command, and any request tells what was seen. */
export async function startControl(proxy: Proxy): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const work =
      request.method === "POST" ? json(request).then((body) => obey(proxy, body as Command)) : undefined
    Promise.resolve(work).then(
      () =>
        response.end(
          JSON.stringify({ url: proxy.url, calls: proxy.calls, transactions: proxy.transactions }),
        ),
      (error: unknown) => response.writeHead(400).end(String(error)),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/control`, server }
}

/** Sends a command to the control of a proxy in another process. */
export async function control(url: string, command?: Command): Promise<Seen> {
  const post = { method: "POST", body: JSON.stringify(command) }
  const response = await fetch(url, command ? post : {})
  if (!response.ok)
    throw new Error(`the proxy answers with status ${response.status}: ${await response.text()}`)
  return (await response.json()) as Seen
}

async function obey(proxy: Proxy, { fault, heal, lag, down, up, release }: Command): Promise<void> {
  if (fault) proxy.fault(fault.method, fault.fault, fault.times === undefined ? {} : { times: fault.times })
  if (heal !== undefined) proxy.heal(heal === true ? undefined : heal)
  if (lag !== undefined) proxy.lag(lag ?? undefined)
  if (down) await proxy.down()
  if (up) await proxy.up()
  if (release) await proxy.release()
}
