// Deploys the registry to a network of hardhat.config.ts and records it under deployments/.
//
//   npx hardhat node --hostname 127.0.0.1      in another terminal
//   npm run deploy                             or: npm run deploy -- NETWORK TOKEN_ADDRESS [GOVERNOR GUARDIAN]
//
// Governor and guardian are the deployer unless they are given. A token that anybody mints is deployed on a local chain only.
import hre, { network } from "hardhat"
import { OnusError, isOnusError } from "../src/protocol/errors.ts"
import { deploy } from "./deploy/deploy.ts"
import { removeStale } from "./deploy/stale.ts"

const [name = "localhost", token, governor, guardian] = process.argv.slice(2)
try {
  const connection = await network.create(name)
  if (await removeStale(connection, name)) {
    console.error(`deployments/${name} was of an earlier local chain: removed`)
  }
  if (token === undefined && name !== "localhost")
    throw new OnusError("TokenMissing", `There is no stake token for ${name}`, {
      hint: "Name the ERC-20 that providers stake: npm run deploy -- NETWORK TOKEN_ADDRESS",
    })
  const given = { ...(token && { token }), ...(governor && { governor }), ...(guardian && { guardian }) }
  const { addresses } = await deploy(connection, { deploymentId: name, ...given })
  for (const [contract, address] of Object.entries(addresses)) console.log(`${contract.padEnd(16)}${address}`)
  console.log(`written to deployments/${name}/addresses.json`)
  await connection.close()
} catch (error) {
  // A stack says nothing about a node that is not running or an unknown network.
  const { code, message, hint } = explained(error as Error)
  console.error(`error ${code}: ${message}\nhint: ${hint}`)
  process.exitCode = 1
}

function explained(error: Error) {
  if (isOnusError(error)) return error
  const { config } = hre
  const known = Object.keys(config.networks).join(", ")
  if (!(name in config.networks)) {
    const message = `There is no network ${JSON.stringify(name)} in hardhat.config.ts; there is ${known}`
    return { code: "NetworkUnknown", message, hint: "Name one of these, or add it to hardhat.config.ts" }
  }
  const hint =
    name === "localhost"
      ? "Start a node in another terminal: npx hardhat node --hostname 127.0.0.1"
      : `Check the node and the account of ${name} in hardhat.config.ts`
  return { code: "NotDeployed", message: error.message, hint }
}
