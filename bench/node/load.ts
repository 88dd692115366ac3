// The clients: a process of its own, so that what they cost is not counted with the server. Speaks HTTP/1.1 over sockets that
// stay open, and knows no more of it than these servers need.
import { type Socket, connect } from "node:net"

/** What clients are to do. */
export interface Order {
  /** Ports of the servers and what each is asked. */
  readonly targets: readonly { readonly port: number; readonly request: Uint8Array }[]
  /** Requests per second, each server in its turn; or as many as so many connections can ask at once. */
  readonly pace: { readonly rate: number } | { readonly connections: number }
  /** Requests to each server. */
  readonly count: number
}

/** Milliseconds of each request, by server; what was not answered with 200. */
export interface Outcome {
  readonly times: readonly (readonly number[])[]
  readonly failures: readonly string[]
  readonly seconds: number
}

/** A connection on which one request waits at a time. */
class Line {
  readonly #socket: Socket
  #data: Buffer = Buffer.alloc(0)
  #waiting: PromiseWithResolvers<string> | undefined

  constructor(port: number) {
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true })
    this.#socket.on("data", (data) => this.#read(data))
    this.#socket.on("error", (error) => this.#waiting?.reject(error))
    this.#socket.on("close", () => this.#waiting?.reject(new Error("the connection was closed")))
  }

  /** Resolves with the status line. */
  ask(request: Uint8Array): Promise<string> {
    this.#waiting = Promise.withResolvers<string>()
    this.#socket.write(request)
    return this.#waiting.promise
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(data: Buffer): void {
    this.#data = this.#data.length === 0 ? data : Buffer.concat([this.#data, data])
    const end = this.#data.indexOf("\r\n\r\n")
    if (end < 0) return
    const head = this.#data.toString("latin1", 0, end)
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1])
    if (this.#data.length < end + 4 + length) return
    this.#data = Buffer.alloc(0)
    this.#waiting?.resolve(head.slice(0, head.indexOf("\r\n")))
  }
}

async function timed(line: Line, request: Uint8Array, times: number[], failures: string[]): Promise<void> {
  const from = performance.now()
  const status = await line.ask(request).catch((error: Error) => error.message)
  times.push(performance.now() - from)
  if (!status.startsWith("HTTP/1.1 200")) failures.push(status)
}

/** One request after the other, at given moments, whether or not those before are answered. */
async function atRate({ targets, count }: Order, rate: number): Promise<Outcome> {
  const times = targets.map((): number[] => [])
  const failures: string[] = []
  const free = targets.map((): Line[] => [])
  const open: Promise<void>[] = []
  const from = performance.now()
  for (let i = 0; i < count * targets.length; i++) {
    const due = from + (i * 1000) / rate
    while (performance.now() < due)
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())))
    const at = i % targets.length
    const { port, request } = targets[at]
    const line = free[at].pop() ?? new Line(port)
    open.push(timed(line, request, times[at], failures).then(() => void free[at].push(line)))
  }
  await Promise.all(open)
  for (const line of free.flat()) line.close()
  return { times, failures, seconds: (performance.now() - from) / 1000 }
}

/** As fast as it goes. */
async function atOnce({ targets, count }: Order, connections: number): Promise<Outcome> {
  const failures: string[] = []
  const times = targets.map((): number[] => [])
  const from = performance.now()
  const [{ port, request }] = targets
  let left = count
  const clients = Array.from({ length: connections }, async () => {
    const line = new Line(port)
    while (left-- > 0) await timed(line, request, times[0], failures)
    line.close()
  })
  await Promise.all(clients)
  return { times, failures, seconds: (performance.now() - from) / 1000 }
}

process.on("message", (order: Order) => {
  const { pace } = order
  const done = "rate" in pace ? atRate(order, pace.rate) : atOnce(order, pace.connections)
  void done.then((outcome) => process.send!(outcome))
})
