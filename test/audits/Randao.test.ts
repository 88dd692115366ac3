import { expect } from "chai"
import { getBytes, hexlify, keccak256 } from "ethers"
import { network } from "hardhat"
import { headerOf } from "../../src/challenger/audits/header.ts"

describe("Randao", () => {
  async function setUp() {
    const { ethers, networkHelpers } = await network.create()
    const randao = await ethers.deployContract("RandaoHarness")
    await networkHelpers.mine(10)
    const block = (await ethers.provider.send("eth_getBlockByNumber", ["0x7", false])) as { mixHash: string }
    return { networkHelpers, randao, header: (await headerOf(ethers.provider, 7))!, mix: block.mixHash }
  }

  it("reads the mix out of the header of a real block", async () => {
    const { randao, header, mix } = await setUp()
    expect(await randao.mixOf(7, header)).to.equal(mix)
  })

  it("refuses the header of another block and one of which a bit was changed", async () => {
    const { randao, header } = await setUp()
    await expect(randao.mixOf(8, header)).to.be.revertedWithCustomError(randao, "HeaderInvalid")
    const bytes = getBytes(header)
    bytes[bytes.length >> 1] ^= 1
    const forged = hexlify(bytes)
    await expect(randao.mixOf(7, forged))
      .to.be.revertedWithCustomError(randao, "HeaderInvalid")
      .withArgs(7, keccak256(forged))
  })

  it("reaches back 256 blocks where there is no history contract", async () => {
    const { networkHelpers, randao, header } = await setUp()
    await networkHelpers.mine(300)
    await expect(randao.mixOf(7, header)).to.be.revertedWithCustomError(randao, "HeaderInvalid")
  })
})
