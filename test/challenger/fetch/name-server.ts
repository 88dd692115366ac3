import { createSocket } from "node:dgram"
import { isIPv4 } from "node:net"

/** Types of records: of an address of version 4, and 6. */
const [A, AAAA] = [1, 28]

/**
 * A name server that tells whatever it is told to.
 *
 * @param addressesOf the addresses of a name; undefined if it says nothing at all.
 */
export async function nameServer(
  addressesOf: (name: string, version: 4 | 6) => readonly string[] | undefined,
) {
  const socket = createSocket("udp4")
  socket.on("message", (query, { port, address }) => {
    const { name, type, end } = questionOf(query)
    const all = addressesOf(name, type === A ? 4 : 6)
    if (!all) return
    const told = all.filter((one) => type === (isIPv4(one) ? A : AAAA))
    // Of the query: its id and question. Of the answer: flags, and how many records there are.
    const head = Buffer.from(query.subarray(0, 12))
    head.writeUInt16BE(0x8180, 2)
    head.set([0, 1, 0, told.length, 0, 0, 0, 0], 4)
    const records = told.map((one) => recordOf(type, bytesOf(one)))
    socket.send(Buffer.concat([head, query.subarray(12, end), ...records]), port, address)
  })
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve))
  return {
    address: `127.0.0.1:${socket.address().port}`,
    close: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  }
}

function questionOf(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = query[at]; length > 0; length = query[at]) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 }
}

/** A record about the name of the question, for no time at all. */
function recordOf(type: number, data: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(0xc0, 12, 0, type, 0, 1, 0, 0, 0, 0, 0, data.length), data])
}

function bytesOf(address: string): Uint8Array {
  if (isIPv4(address)) return Uint8Array.from(address.split("."), Number)
  const { hostname } = new URL(`http://[${address}]/`)
  const [head, tail = ""] = hostname.slice(1, -1).split("::")
  const groups = (text: string) =>
    text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16))
  const [first, last] = [groups(head), groups(tail)]
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => 0)
  return Uint8Array.from([...first, ...zeros, ...last].flatMap((group) => [group >> 8, group & 0xff]))
}
