import { expect } from "chai"
import { encodeRlp, keccak256, toBeArray } from "ethers"
import { network } from "hardhat"

/** The members of a header, in the order of its RLP. */
const MEMBERS = [
  "parentHash",
  "sha3Uncles",
  "miner",
  "stateRoot",
  "transactionsRoot",
  "receiptsRoot",
  "logsBloom",
  "difficulty",
  "number",
  "gasLimit",
  "gasUsed",
  "timestamp",
  "extraData",
  "mixHash",
  "nonce",
  "baseFeePerGas",
  "withdrawalsRoot",
  "blobGasUsed",
  "excessBlobGas",
  "parentBeaconBlockRoot",
  "requestsHash",
] as const
const NUMBERS = new Set<string>([
  "difficulty",
  "number",
  "gasLimit",
  "gasUsed",
  "timestamp",
  "baseFeePerGas",
  "blobGasUsed",
  "excessBlobGas",
])

type Header = Record<(typeof MEMBERS)[number] | "hash", string>

const encode = (header: Header): string =>
  encodeRlp(MEMBERS.map((name) => (NUMBERS.has(name) ? toBeArray(BigInt(header[name])) : header[name])))

describe("Randao", () => {
  async function setUp() {
    const { ethers, networkHelpers } = await network.create()
    const randao = await ethers.deployContract("RandaoHarness")
    const at = async (number: number) =>
      (await ethers.provider.send("eth_getBlockByNumber", [`0x${number.toString(16)}`, false])) as Header
    return { ethers, networkHelpers, randao, at }
  }

  it("reads the mix out of the header of a real block", async () => {
    const { networkHelpers, randao, at } = await setUp()
    await networkHelpers.mine(10)
    const header = await at(7)
    expect(keccak256(encode(header))).to.equal(header.hash)
    expect(await randao.mixOf(7, encode(header))).to.equal(header.mixHash)
  })

  it("refuses the header of another block and one of which a bit was changed", async () => {
    const { networkHelpers, randao, at } = await setUp()
    await networkHelpers.mine(10)
    const header = await at(7)
    await expect(randao.mixOf(8, encode(header))).to.be.revertedWithCustomError(randao, "HeaderInvalid")
    const forged = encode({ ...header, mixHash: `0x${"11".repeat(32)}` })
    await expect(randao.mixOf(7, forged))
      .to.be.revertedWithCustomError(randao, "HeaderInvalid")
      .withArgs(7, keccak256(forged))
  })

  it("reaches back 256 blocks where there is no history contract", async () => {
    const { networkHelpers, randao, at } = await setUp()
    await networkHelpers.mine(10)
    const header = encode(await at(7))
    await networkHelpers.mine(300)
    await expect(randao.mixOf(7, header)).to.be.revertedWithCustomError(randao, "HeaderInvalid")
  })
})
