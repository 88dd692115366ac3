import { expect } from "chai"
import { isPublicAddress } from "../../../src/challenger/fetch/addresses.ts"

describe("addresses that strangers may name", () => {
  it("are those of the public internet", () => {
    for (const address of [
      "1.1.1.1",
      "8.8.8.8",
      "100.63.255.255",
      "100.128.0.0",
      "172.15.255.255",
      "172.32.0.0",
      "192.0.1.0",
      "223.255.255.255",
      "2606:4700:4700::1111",
      "2a00:1450:4001:830::200e",
      // 8.8.8.8 in a network that has only version 6.
      "64:ff9b::808:808",
      "64:ff9b::8.8.8.8",
    ])
      expect(isPublicAddress(address), address).to.equal(true)
  })

  it("are none of this machine, its network, its cloud, groups and reserved ranges, however they are written", () => {
    for (const address of [
      "0.0.0.0",
      "0.1.2.3",
      "10.0.0.1",
      "100.64.0.1",
      "100.100.100.200",
      "127.0.0.1",
      "127.255.255.254",
      "168.63.129.16",
      "169.254.169.254",
      "172.16.0.1",
      "172.31.255.255",
      "192.0.0.192",
      "192.0.2.1",
      "192.88.99.1",
      "192.168.1.1",
      "198.18.0.1",
      "198.19.255.255",
      "198.51.100.1",
      "203.0.113.1",
      "224.0.0.1",
      "239.255.255.255",
      "240.0.0.1",
      "255.255.255.255",
      "::",
      "::1",
      "::127.0.0.1",
      "::ffff:127.0.0.1",
      "::ffff:8.8.8.8",
      "::ffff:7f00:1",
      "0:0:0:0:0:ffff:a9fe:a9fe",
      "64:ff9b::7f00:1",
      "64:ff9b::169.254.169.254",
      "64:ff9b::",
      "64:ff9b::a00:1",
      "64:ff9b:1::808:808",
      "100::1",
      "2001::1",
      "2001:2::1",
      "2001:db8::1",
      "2002:7f00:1::",
      "3fff::1",
      "4000::1",
      "5f00::1",
      "fc00::1",
      "fd00:ec2::254",
      "fe80::1",
      "fe80::1%eth0",
      "2606:4700::1%eth0",
      "fec0::1",
      "ff02::1",
      "",
      "localhost",
      "1.1.1",
      "0x7f.0.0.1",
    ])
      expect(isPublicAddress(address), address).to.equal(false)
  })
})
