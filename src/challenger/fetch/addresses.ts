import { BlockList, isIP } from "node:net"

/** Of all addresses of version 4, those that are not some host of the internet: the special-purpose registry of the IANA. */
const SPECIAL_V4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  // With it 169.254.169.254, where clouds tell their machines secrets.
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.52.193.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  // Looks like any other, and is the host of virtual machines of Azure.
  ["168.63.129.16", 32],
]

/** Of the global unicast addresses of version 6, those that are something else: protocols, documentation, tunnels to version 4. */
const SPECIAL_V6: readonly (readonly [string, number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
]

const special = new BlockList()
for (const [net, prefix] of SPECIAL_V4) special.addSubnet(net, prefix, "ipv4")
for (const [net, prefix] of SPECIAL_V6) special.addSubnet(net, prefix, "ipv6")

const unicast = new BlockList()
unicast.addSubnet("2000::", 3, "ipv6")

/** What stands for addresses of version 4 in networks that have only version 6; the name server of such a network makes them. */
const translated = new BlockList()
translated.addSubnet("64:ff9b::", 96, "ipv6")

/**
 * Whether an IP address is one of the public internet: not of this machine, its network, its cloud, nor of a group or a reserved
 * range, in whatever way it is written.
 */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address)
  if (version === 4) return !special.check(address, "ipv4")
  // One with a zone is on a link of this machine.
  if (version !== 6 || address.includes("%")) return false
  if (translated.check(address, "ipv6")) return isPublicAddress(lastFour(address))
  return unicast.check(address, "ipv6") && !special.check(address, "ipv6")
}

/** The last 32 bits of an address of version 6 as one of version 4. */
function lastFour(address: string): string {
  const { hostname } = new URL(`http://[${address}]/`)
  const groups = hostname.slice(1, -1).split(":")
  const [high, low] = groups.slice(-2).map((group) => Number.parseInt(group || "0", 16))
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".")
}
