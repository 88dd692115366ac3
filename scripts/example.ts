// What the examples share: a connection to the local chain, and the registry that `npm run deploy` put there.
import { readFileSync } from "node:fs"
import type { JsonRpcProvider } from "ethers"
import { loadOnnx } from "../src/engine/onnx/load.ts"
import { lower } from "../src/engine/program/lower.ts"
import { digitFromPng } from "../src/engine/image/digit-image.ts"
import { readAddresses } from "../src/sdk/deployments.ts"
import { openRpc } from "../src/sdk/rpc.ts"

export const program = lower(loadOnnx(readFileSync("models/digits.onnx")))
export const drawnDigit = { image: digitFromPng(readFileSync("models/samples/7-chalk.png")) }

/** The chain, and the address of the registry on it. */
export async function openLocalChain(): Promise<{ rpc: JsonRpcProvider; registry: string }> {
  const rpc = await openRpc(process.env.ONUS_RPC ?? "http://127.0.0.1:8545")
  const recorded = () => readAddresses("deployments/localhost/addresses.json").contracts.Onus.address
  return { rpc, registry: process.env.ONUS_REGISTRY ?? recorded() }
}
