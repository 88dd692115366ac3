import { type IncomingMessage, type ServerResponse, createServer } from "node:http"
import { createServer as createSecureServer } from "node:https"
import { type AddressInfo, type Server, type Socket, createServer as createRawServer } from "node:net"
import { CERTIFICATE, CERTIFICATE_KEY } from "./certificate.ts"

/** A server of somebody else. */
export interface Host {
  readonly port: number
  /** `http://127.0.0.1:PORT`. */
  readonly url: string
  /** Connections that it has had. */
  readonly connections: number
  close(): Promise<void>
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** Serves as a function says, over HTTP. */
export const httpHost = (answer: Answer): Promise<Host> => listen(createServer(answer), "http")

/** The same with the certificate of `node.example`. */
export const httpsHost = (answer: Answer): Promise<Host> =>
  listen(createSecureServer({ cert: CERTIFICATE, key: CERTIFICATE_KEY }, answer), "https")

/** Does with each connection what a function says. */
export const rawHost = (act: (socket: Socket) => void): Promise<Host> =>
  listen(
    createRawServer((socket) => {
      socket.on("error", () => {})
      act(socket)
    }),
    "http",
  )

async function listen(server: Server, scheme: string): Promise<Host> {
  const sockets = new Set<Socket>()
  let connections = 0
  server.on("connection", (socket) => {
    connections++
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `${scheme}://127.0.0.1:${port}`,
    get connections() {
      return connections
    },
    close() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
