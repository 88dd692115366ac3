import { type Agent, type ClientRequest, type IncomingMessage, request as httpRequest } from "node:http"
import { request as httpsRequest } from "node:https"
import type { Socket } from "node:net"
import { OnusError } from "../../protocol/errors.ts"
import { Bytes } from "./bytes.ts"
import { failed, invalid, missing, notPublic, tooLarge } from "./errors.ts"
import type { FetchLimits } from "./limits.ts"

/** What is wanted of an answer. */
export interface Wish {
  /** Of the body. */
  readonly maxBytes: number
  readonly signal?: AbortSignal
}

/** A whole answer. */
export interface Fetched {
  readonly bytes: Uint8Array
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** What an answer is: the thing itself, or where it is. */
export type Outcome = Fetched | { readonly location: string }

export interface ExchangeParts {
  readonly agent: Agent
  readonly limits: FetchLimits
  /** Whether this address may be talked to. */
  readonly allows: (address: string) => boolean
}

const HEADERS = { accept: "*/*", "accept-encoding": "identity", "user-agent": "onus" }
const LARGEST_HEADERS = 2 ** 14
const REDIRECTS = new Set([301, 302, 303, 307, 308])
/** Of the statuses that blame the request, those that may pass. */
const PASSING = new Set([408, 425, 429])

/** A connection that was kept for the next request had just been closed by the other side. */
export class ConnectionStale extends Error {}

/** One request and its answer. */
export class Exchange {
  readonly #host: string
  readonly #limits: FetchLimits
  readonly #allows: ExchangeParts["allows"]
  readonly #maxBytes: number
  readonly #request: ClientRequest
  readonly #ended = Promise.withResolvers<Outcome>()
  readonly #bytes: Bytes
  #timer: NodeJS.Timeout | undefined
  #isAnswered = false

  constructor(url: URL, { maxBytes }: Pick<Wish, "maxBytes">, { agent, limits, allows }: ExchangeParts) {
    this.#host = url.host
    this.#limits = limits
    this.#allows = allows
    this.#maxBytes = maxBytes
    this.#bytes = new Bytes(maxBytes)
    const send = url.protocol === "https:" ? httpsRequest : httpRequest
    this.#within(limits.connect, "is not connected")
    this.#request = send(url, { agent, headers: HEADERS, maxHeaderSize: LARGEST_HEADERS })
    this.#request.on("socket", (socket) => this.#await(socket, url.protocol === "https:"))
    this.#request.on("response", (response) => this.#receive(response))
    this.#request.on("error", (error) => this.#fail(this.#errorOf(error)))
    this.#request.on("upgrade", () => this.#fail(invalid(`${this.#host} speaks another protocol`)))
    this.#request.end()
  }

  /** @throws OnusError `FetchRefused`, `FetchFailed`, `FetchTooLarge`, `FetchMissing`, `ContentInvalid`; ConnectionStale. */
  get outcome(): Promise<Outcome> {
    return this.#ended.promise
  }

  /** Ends it. */
  abort(error: Error): void {
    this.#fail(error)
  }

  #await(socket: Socket, isSecure: boolean): void {
    const connected = (): void => {
      const { remoteAddress } = socket
      if (remoteAddress !== undefined && !this.#allows(remoteAddress)) this.#fail(notPublic(this.#host))
      else this.#within(this.#limits.headers, "does not answer")
    }
    if (socket.connecting) socket.once(isSecure ? "secureConnect" : "connect", connected)
    else connected()
  }

  #receive(response: IncomingMessage): void {
    this.#isAnswered = true
    response.on("error", (error) => this.#fail(this.#errorOf(error)))
    const { headers } = response
    const { location } = headers
    if (REDIRECTS.has(response.statusCode!) && location !== undefined) return this.#end({ location })
    const problem = this.#problemOf(response)
    if (problem) return this.#fail(problem)
    this.#keepPace()
    this.#bytes.expect(Number(headers["content-length"] ?? 0))
    response.on("data", (piece: Buffer) => {
      if (this.#bytes.length + piece.length > this.#maxBytes) this.#fail(tooLarge(this.#host, this.#maxBytes))
      else this.#bytes.add(piece)
    })
    response.on("close", () => {
      if (!response.complete) return this.#fail(failed(`${this.#host} has broken off its answer`))
      clearTimeout(this.#timer)
      this.#ended.resolve({ bytes: this.#bytes.all(), headers })
    })
  }

  /** What is wrong with an answer as its headers tell. */
  #problemOf({ statusCode: status = 0, headers }: IncomingMessage): OnusError | undefined {
    const host = this.#host
    if (status !== 200) {
      const isFinal = status >= 400 && status < 500 && !PASSING.has(status)
      return (isFinal ? missing : failed)(`${host} answers with status ${status}`)
    }
    const encoding = headers["content-encoding"] ?? "identity"
    if (encoding !== "identity") return invalid(`${host} answers compressed, which was not asked for`)
    return Number(headers["content-length"] ?? 0) > this.#maxBytes
      ? tooLarge(host, this.#maxBytes)
      : undefined
  }

  /** Ends it when less comes than must. */
  #keepPace(): void {
    const { pace, paceBytes } = this.#limits
    clearTimeout(this.#timer)
    let before = 0
    this.#timer = setInterval(() => {
      if (this.#bytes.length - before < paceBytes)
        this.#fail(failed(`${this.#host} sends less than ${paceBytes} bytes in ${pace} ms`))
      before = this.#bytes.length
    }, pace)
  }

  #within(milliseconds: number, what: string): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#fail(failed(`${this.#host} ${what} within ${milliseconds} ms`))
    }, milliseconds)
  }

  #errorOf(error: NodeJS.ErrnoException): Error {
    if (error instanceof OnusError) return error
    if (this.#request.reusedSocket && !this.#isAnswered && /^(?:ECONNRESET|EPIPE)$/.test(error.code ?? ""))
      return new ConnectionStale()
    // Of what the library says only the code: its words may hold what came.
    return failed(`${this.#host} cannot be read (${error.code ?? "connection broken"})`)
  }

  #end(outcome: Outcome): void {
    clearTimeout(this.#timer)
    this.#ended.resolve(outcome)
    this.#request.destroy()
  }

  #fail(error: Error): void {
    clearTimeout(this.#timer)
    this.#ended.reject(error)
    this.#request.destroy()
  }
}
