import { request as httpRequest } from "node:http"
import type { Serving } from "../../../src/provider/serve/serve.ts"

/** A response with its whole body. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
  readonly json: never
}

/** Asks a server that listens here. Headers are sent as they are given, which `fetch` does not. */
export function ask(
  { port }: Pick<Serving, "port">,
  method: string,
  path: string,
  body?: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, method, path, headers, agent: false }
    const request = httpRequest(options, (response) => {
      const parts: Buffer[] = []
      response.on("data", (part: Buffer) => parts.push(part))
      response.on("error", reject)
      response.on("end", () => {
        const whole = Buffer.concat(parts)
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          body: whole,
          get json() {
            return JSON.parse(whole.toString()) as never
          },
        })
      })
    })
    request.on("error", reject)
    request.end(body)
  })
}
