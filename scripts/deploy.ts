// Deploys the registry to a network of hardhat.config.ts and records it under deployments/.
//
//   npx hardhat node --hostname 127.0.0.1      in another terminal
//   npm run deploy                             or: npm run deploy -- NETWORK [TOKEN_ADDRESS]
import { network } from "hardhat"
import { deploy } from "./deploy/deploy.ts"
import { removeStale } from "./deploy/stale.ts"

const [name = "localhost", token] = process.argv.slice(2)
try {
  const connection = await network.create(name)
  if (await removeStale(connection, name)) {
    console.error(`deployments/${name} was of an earlier local chain: removed`)
  }
  const { addresses } = await deploy(connection, { deploymentId: name, ...(token ? { token } : {}) })
  for (const [contract, address] of Object.entries(addresses)) console.log(`${contract.padEnd(16)}${address}`)
  console.log(`written to deployments/${name}/addresses.json`)
  await connection.close()
} catch (error) {
  // A stack says nothing about a node that is not running or an unknown network.
  console.error(`not deployed: ${(error as Error).message}`)
  console.error("hint: start a node in another terminal: npx hardhat node --hostname 127.0.0.1")
  process.exitCode = 1
}
