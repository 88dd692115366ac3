import { gzipSync } from "node:zlib"
import { setTimeout as pause } from "node:timers/promises"
import type { ServerResponse } from "node:http"
import { expect } from "chai"
import { isOnusError } from "../../../src/protocol/errors.ts"
import { Fetcher } from "../../../src/challenger/fetch/fetcher.ts"
import type { FetchOptions } from "../../../src/challenger/fetch/limits.ts"
import { byNameServers, bySystem } from "../../../src/challenger/fetch/resolve.ts"
import { CERTIFICATE } from "./certificate.ts"
import { nameServer } from "./name-server.ts"
import { type Answer, type Host, httpHost, httpsHost, rawHost } from "./host.ts"

const SECRET = "what the other side has said"

describe("what others serve", () => {
  const hosts: Host[] = []
  const fetchers: Fetcher[] = []
  const host = async (opening: Promise<Host>) => {
    const opened = await opening
    hosts.push(opened)
    return opened
  }
  const serving = (answer: Answer) => host(httpHost(answer))
  const fetcher = (options: FetchOptions = {}) => {
    const made = new Fetcher({ allowPrivate: true, ...options })
    fetchers.push(made)
    return made
  }
  const get = async (url: string, options: FetchOptions = {}, maxBytes = 1000) =>
    Buffer.from((await fetcher(options).get(url, { maxBytes })).bytes).toString()

  /** How a fetch ends that must not succeed: its code and what it says. */
  const refusal = async (url: string, options: FetchOptions = {}, maxBytes = 1000) => {
    try {
      await get(url, options, maxBytes)
    } catch (error) {
      if (!isOnusError(error)) throw error
      expect(error.message).not.to.include(SECRET)
      return `${error.code}: ${error.message}`
    }
    return "fetched"
  }

  afterEach(async () => {
    for (const one of fetchers.splice(0)) one.close()
    await Promise.all(hosts.splice(0).map((one) => one.close()))
  })

  it("is got whole, with its headers", async () => {
    const { url } = await serving((request, response) => {
      response.setHeader("onus-sha256", "0x12")
      response.end(`${request.method} ${request.url} ${request.headers["accept-encoding"]}`)
    })
    const { bytes, headers } = await fetcher().get(`${url}/a?b=c#d`, { maxBytes: 100 })
    expect(Buffer.from(bytes).toString()).to.equal("GET /a?b=c identity")
    expect(headers).to.include({ "onus-sha256": "0x12" })
  })

  it("comes over connections that are kept, also when the other side had closed one", async () => {
    const opened = await serving((_, response) => void response.end("x"))
    const kept = fetcher()
    for (let i = 0; i < 3; i++) await kept.get(opened.url, { maxBytes: 1 })
    expect(opened.connections).to.equal(1)
    const closing = await host(
      rawHost((socket) => {
        let requests = 0
        socket.on("data", () => {
          // It says that it keeps the connection, and does not.
          if (requests++ > 0) socket.resetAndDestroy()
          else socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\nx")
        })
      }),
    )
    for (let i = 0; i < 3; i++) await kept.get(closing.url, { maxBytes: 1 })
    expect(closing.connections).to.equal(3)
  })

  describe("lies on the public internet", () => {
    const closed: FetchOptions = { allowPrivate: false }

    it("and not at addresses of this machine, however they are written", async () => {
      const opened = await serving((_, response) => void response.end(SECRET))
      for (const name of ["127.0.0.1", "2130706433", "0x7f.1", "0", "[::1]", "[::ffff:127.0.0.1]", "127.1"])
        expect(await refusal(`http://${name}:${opened.port}/`, closed), name).to.match(/^FetchRefused: /)
      expect(opened.connections).to.equal(0)
    })

    it("and not behind names that lead there", async () => {
      const opened = await serving((_, response) => void response.end(SECRET))
      for (const address of ["127.0.0.1", "169.254.169.254", "::1", "::ffff:7f00:1"]) {
        const family = address.includes(":") ? 6 : 4
        const resolve = () => Promise.resolve([{ address, family }])
        expect(await refusal(`http://node.example:${opened.port}/`, { ...closed, resolve })).to.match(
          /^FetchRefused: node.example is an address of this machine/,
        )
      }
      const system = { ...closed, resolve: bySystem }
      expect(await refusal(`http://localhost:${opened.port}/`, system)).to.match(/^FetchRefused: localhost/)
      expect(opened.connections).to.equal(0)
    })

    it("where a name is looked up once, and connected to that address", async () => {
      const { port } = await serving((request, response) => void response.end(request.headers.host))
      let asked = 0
      const resolve = () => {
        asked++
        return Promise.resolve([{ address: "127.0.0.1", family: 4 }])
      }
      expect(await get(`http://node.example:${port}/`, { resolve })).to.equal(`node.example:${port}`)
      expect(asked).to.equal(1)
    })

    it("as name servers tell, who may tell anything", async () => {
      const opened = await serving((_, response) => void response.end("there"))
      const records: Record<string, readonly string[]> = {
        "inside.example": ["127.0.0.1", "::1"],
        "both.example": ["10.0.0.1", "127.0.0.1"],
        "mapped.example": ["::ffff:127.0.0.1"],
        "none.example": [],
        "old.example": ["127.0.0.1"],
      }
      const server = await nameServer((name, version) =>
        name === "old.example" && version === 6 ? undefined : records[name],
      )
      const resolve = byNameServers([server.address])
      const isPublic = (address: string) => address === "127.0.0.1"
      const found = (name: string, more: FetchOptions = {}) =>
        refusal(`http://${name}.example:${opened.port}/`, { ...closed, resolve, ...more })
      expect(await found("inside")).to.match(/^FetchRefused: inside.example/)
      expect(await found("mapped", { isPublic })).to.match(/^FetchRefused: mapped.example/)
      expect(opened.connections).to.equal(0)
      expect(await found("both", { isPublic })).to.equal("fetched")
      expect(await found("old", { isPublic })).to.equal("fetched")
      expect(await found("none")).to.equal("FetchFailed: The name none.example cannot be looked up")
      expect(await found("silent", { connect: 50 })).to.match(/^FetchFailed: silent.example.* within 50 ms$/)
      await server.close()
    })

    it("and not where redirects lead that are not allowed", async () => {
      const targets = [
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/",
        "//10.0.0.1/",
        "http://inside.example/",
        "file:///etc/passwd",
        "ftp://8.8.8.8/",
        "data:text/plain,x",
        "http://user:password@8.8.8.8/",
        "http://",
      ]
      const opened = await serving((request, response) => {
        response.writeHead(302, { location: targets[Number(request.url!.slice(1))] }).end(SECRET)
      })
      // As if it were one of the internet.
      const isPublic = (address: string) => address === "127.0.0.1"
      const resolve = () => Promise.resolve([{ address: "192.168.0.1", family: 4 }])
      for (const [i, target] of targets.entries())
        expect(await refusal(`${opened.url}/${i}`, { ...closed, isPublic, resolve }), target).to.match(
          /^FetchRefused: /,
        )
      expect(opened.connections).to.equal(targets.length)
    })

    it("and over a few redirects", async () => {
      const { url } = await serving((request, response) => {
        const left = Number(request.url!.slice(1))
        if (left === 0) response.end("there")
        else response.writeHead(307, { location: `/${left - 1}` }).end()
      })
      expect(await get(`${url}/3`)).to.equal("there")
      expect(await refusal(`${url}/4`)).to.match(/^FetchRefused: .* redirects more than 3 times$/)
      expect(await get(`${url}/5`, { redirects: 5 })).to.equal("there")
    })

    it("or where http and https lead, and nothing else", async () => {
      for (const url of [
        "file:///etc/passwd",
        "ftp://8.8.8.8/",
        "ipfs://bafy/",
        "data:,x",
        "",
        "nonsense",
        "https://user@8.8.8.8/",
      ])
        expect(await refusal(url), url).to.match(/^FetchRefused: /)
    })
  })

  it("comes over https, with the certificate of its name", async () => {
    const { port } = await host(httpsHost((_, response) => void response.end("secure")))
    const resolve = () => Promise.resolve([{ address: "127.0.0.1", family: 4 }])
    const trusting = { resolve, ca: CERTIFICATE }
    expect(await get(`https://node.example:${port}/`, trusting)).to.equal("secure")
    expect(await refusal(`https://node.example:${port}/`, { resolve })).to.match(
      /^FetchFailed: node.example:\d+ cannot be read \(DEPTH_ZERO_SELF_SIGNED_CERT\)$/,
    )
    expect(await refusal(`https://other.example:${port}/`, trusting)).to.match(
      /^FetchFailed: .*ERR_TLS_CERT_ALTNAME_INVALID/,
    )
  })

  it("does not lead from https to http", async () => {
    const { port } = await host(
      httpsHost((_, response) => void response.writeHead(301, { location: "http://8.8.8.8/" }).end()),
    )
    const resolve = () => Promise.resolve([{ address: "127.0.0.1", family: 4 }])
    expect(await refusal(`https://node.example:${port}/`, { resolve, ca: CERTIFICATE })).to.match(
      /^FetchRefused: .* from https to http$/,
    )
  })

  describe("is limited in bytes", () => {
    it("by what it says of itself, before it is read", async () => {
      let closed = false
      const { url } = await serving((_, response) => {
        response.once("close", () => (closed = true))
        response.writeHead(200, { "content-length": 2 ** 40 }).write(SECRET)
      })
      expect(await refusal(url)).to.match(/^FetchTooLarge: .* more than the 1000 bytes/)
      while (!closed) await pause(1)
    })

    it("and by what comes, whatever it says", async () => {
      const { url } = await serving((_, response) => endless(response))
      expect(await refusal(url, {}, 100_000)).to.match(/^FetchTooLarge: /)
      const exact = await serving((_, response) => void response.end(Buffer.alloc(1000)))
      expect(await get(exact.url)).to.have.length(1000)
      expect(await refusal(exact.url, {}, 999)).to.match(/^FetchTooLarge: /)
    })

    it("also when it comes in pieces of one byte", async () => {
      const { url } = await host(
        rawHost((socket) => {
          socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
          const pieces = "1\r\nx\r\n".repeat(20_000)
          socket.end(`${pieces}0\r\n\r\n`)
        }),
      )
      expect(await get(url, {}, 20_000)).to.equal("x".repeat(20_000))
    })

    it("and not compressed, whatever it would become", async () => {
      const bomb = gzipSync(Buffer.alloc(2 ** 24))
      for (const encoding of ["gzip", "br", "deflate", "zstd", "identity, gzip"]) {
        const { url } = await serving((_, response) => {
          response.writeHead(200, { "content-encoding": encoding }).end(bomb)
        })
        expect(await refusal(url, {}, 2 ** 20), encoding).to.match(/^ContentInvalid: .* compressed/)
      }
    })

    it("in its headers too", async () => {
      const { url } = await host(
        rawHost((socket) => socket.write(`HTTP/1.1 200 OK\r\n${`X-A: ${"x".repeat(1000)}\r\n`.repeat(100)}`)),
      )
      expect(await refusal(url)).to.match(/^FetchFailed: .*HPE_HEADER_OVERFLOW/)
    })
  })

  describe("is limited in time", () => {
    it("until a connection stands", async () => {
      const resolve = () => new Promise<never>(() => {})
      expect(await refusal("http://node.example/", { resolve, connect: 20 })).to.equal(
        "FetchFailed: node.example is not connected within 20 ms",
      )
      const silent = await host(rawHost(() => {}))
      expect(await refusal(silent.url.replace("http", "https"), { connect: 20 })).to.match(
        /^FetchFailed: .* is not connected within 20 ms$/,
      )
    })

    it("until the headers are there", async () => {
      const { url } = await host(rawHost((socket) => socket.write("HTTP/1.1 200 OK\r\nX-A: ")))
      expect(await refusal(url, { headers: 20 })).to.match(/does not answer within 20 ms$/)
      const hints = await host(
        rawHost((socket) => socket.write("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(9))),
      )
      expect(await refusal(hints.url, { headers: 20 })).to.match(/does not answer within 20 ms$/)
    })

    it("between its bytes", async () => {
      const { url } = await serving((_, response) => {
        response.writeHead(200, { "content-length": 1000 })
        const drip = setInterval(() => response.write("x"), 2)
        response.once("close", () => clearInterval(drip))
      })
      expect(await refusal(url, { pace: 40, paceBytes: 100 })).to.match(
        /^FetchFailed: .* sends less than 100 bytes in 40 ms$/,
      )
    })

    it("altogether, with all redirects, and with the wait for others", async () => {
      const { url } = await serving((_, response) => endless(response))
      const whole = { whole: 30 }
      expect(await refusal(url, whole, Infinity)).to.match(/takes longer than 30 ms altogether$/)
      const silent = await host(rawHost(() => {}))
      const one = fetcher({ whole: 30, atOnce: 1 })
      const found = await Promise.allSettled([0, 1].map(() => one.get(silent.url, { maxBytes: 1 })))
      for (const each of found) expect(each).to.have.nested.property("reason.code", "FetchFailed")
      expect(silent.connections).to.equal(1)
    })

    it("by who does not wait any more", async () => {
      const { url } = await host(rawHost(() => {}))
      const ending = new AbortController()
      const fetching = fetcher().get(url, { maxBytes: 1, signal: ending.signal })
      ending.abort()
      expect(await fetching.catch((error: { code: string }) => error.code)).to.equal("FetchFailed")
    })
  })

  it("is asked for by a few at once, and by a few that wait, for each host", async () => {
    let [inside, most] = [0, 0]
    const { url } = await serving((_, response) => {
      most = Math.max(most, ++inside)
      setTimeout(() => {
        inside--
        response.end("x")
      }, 2)
    })
    const few = fetcher({ atOnce: 3, waiting: 5 })
    const all = await Promise.allSettled(Array.from({ length: 10 }, () => few.get(url, { maxBytes: 1 })))
    expect(most).to.equal(3)
    expect(all.filter(({ status }) => status === "fulfilled")).to.have.length(8)
    for (let i = 0; i < 5; i++) await few.get(url, { maxBytes: 1 })
  })

  it("may be missing, or fail for now", async () => {
    const codes: readonly (readonly [number, string])[] = [
      [400, "FetchMissing"],
      [401, "FetchMissing"],
      [403, "FetchMissing"],
      [404, "FetchMissing"],
      [410, "FetchMissing"],
      [408, "FetchFailed"],
      [429, "FetchFailed"],
      [500, "FetchFailed"],
      [503, "FetchFailed"],
      [204, "FetchFailed"],
      [206, "FetchFailed"],
      [304, "FetchFailed"],
    ]
    const { url } = await serving((request, response) => {
      response.writeHead(Number(request.url!.slice(1)), { "x-a": SECRET }).end()
    })
    for (const [status, code] of codes)
      expect(await refusal(`${url}/${status}`)).to.match(new RegExp(`^${code}: .* with status ${status}$`))
  })

  it("is not taken for whole when it was broken off", async () => {
    const { url } = await serving((_, response) => {
      response.writeHead(200, { "content-length": 10 }).write("12345")
      setTimeout(() => response.destroy(), 5)
    })
    expect(await refusal(url)).to.match(/^FetchFailed: /)
    const chunked = await host(
      rawHost((socket) => socket.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n")),
    )
    expect(await refusal(chunked.url)).to.match(/^FetchFailed: /)
  })

  it("is no HTTP sometimes, or nobody is there", async () => {
    for (const answer of [
      `${SECRET}\r\n\r\n`,
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    ]) {
      const { url } = await host(rawHost((socket) => socket.write(answer)))
      expect(await refusal(url, { headers: 200 })).to.match(/^(?:FetchFailed|ContentInvalid): /)
    }
    const gone = await host(rawHost(() => {}))
    await gone.close()
    expect(await refusal(gone.url)).to.match(/^FetchFailed: .*ECONNREFUSED/)
  })
})

/** Writes for as long as somebody reads. */
function endless(response: ServerResponse): void {
  const piece = Buffer.alloc(2 ** 14)
  const write = (): void => {
    while (!response.destroyed && response.write(piece));
  }
  response.on("drain", write)
  write()
}
