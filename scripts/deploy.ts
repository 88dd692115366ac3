// Deploys the registry to a network of hardhat.config.ts and records it under deployments/.
//
//   npx hardhat node --hostname 127.0.0.1      in another terminal
//   npm run deploy                             or: npm run deploy -- NETWORK [TOKEN_ADDRESS]
import { network } from "hardhat"
import { deploy } from "./deploy/deploy.ts"

const [name = "localhost", token] = process.argv.slice(2)
const connection = await network.create(name)
const { addresses } = await deploy(connection, { deploymentId: name, ...(token ? { token } : {}) })
for (const [contract, address] of Object.entries(addresses)) console.log(`${contract.padEnd(16)}${address}`)
console.log(`written to deployments/${name}/addresses.json`)
await connection.close()
