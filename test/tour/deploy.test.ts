import { expect } from "chai"
import { network } from "hardhat"
import { deploy } from "../../scripts/deploy/deploy.ts"
import { connect } from "../../src/sdk/client.ts"
import { openCourt } from "../../src/sdk/game/court.ts"
import { deployRegistry } from "../../src/tour/chain/deploy.ts"

describe("The registry of the tour", () => {
  it("has the terms of one that is deployed with a record", async () => {
    const connection = await network.create()
    try {
      const [signer] = await connection.ethers.getSigners()
      const figures = async (address: string) => {
        const client = await connect(signer, address)
        const { judge } = await openCourt(client)
        const [omission, reputation] = [await client.omission(), await client.reputation()]
        return Promise.all([
          client.onus.terms(),
          client.onus.thawPeriod(),
          judge.clocks(),
          judge.answerPrice(),
          omission.responseTime(),
          omission.answerPrice(),
          reputation.minStake(),
        ])
      }
      const { addresses } = await deploy(connection)
      const { registry } = await deployRegistry(signer)
      expect(await figures(registry)).to.deep.equal(await figures(addresses.Onus))
    } finally {
      await connection.close()
    }
  })
})
