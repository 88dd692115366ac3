// What the examples share: the local chain, the registry that `npm run deploy` put there, a question.
import { readFileSync } from "node:fs"
import { type JsonRpcProvider, hexlify, randomBytes } from "ethers"
import { printError } from "../src/cli/output.ts"
import { digitFromPng } from "../src/engine/image/digit-image.ts"
import { loadOnnx } from "../src/engine/onnx/load.ts"
import { lower } from "../src/engine/program/lower.ts"
import type { AnswerTerms } from "../src/sdk/answer.ts"
import { chainTime } from "../src/sdk/chain-time.ts"
import type { Client } from "../src/sdk/client.ts"
import { readAddresses } from "../src/sdk/deployments.ts"
import { openRpc } from "../src/sdk/rpc.ts"

/** Whole demo tokens in token units. */
export const tokens = (amount: bigint): bigint => amount * 10n ** 18n

export const program = lower(loadOnnx(readFileSync("models/digits.onnx")))
export const drawnDigit = { image: digitFromPng(readFileSync("models/samples/7-chalk.png")) }

/** Runs an example on the local chain, with the registry on it; what goes wrong is said in two lines. */
export async function runExample(
  play: (rpc: JsonRpcProvider, registry: string) => Promise<void>,
): Promise<void> {
  try {
    const rpc = await openRpc(process.env.ONUS_RPC ?? "http://127.0.0.1:8545")
    try {
      await play(rpc, process.env.ONUS_REGISTRY ?? recordedRegistry())
    } finally {
      rpc.destroy()
    }
  } catch (error) {
    printError(error, false)
    process.exitCode = 1
  }
}

/** The registry that `npm run deploy` recorded. */
const recordedRegistry = () => readAddresses("deployments/localhost/addresses.json").contracts.Onus.address

/** What a consumer asks for: a new request each time, 10 tokens if the answer is wrong. */
export async function newRequest(client: Client, provider: string, consumer: string): Promise<AnswerTerms> {
  return {
    provider,
    consumer,
    requestId: hexlify(randomBytes(32)),
    coverage: tokens(10n),
    issuedAt: await chainTime(client),
    anchorWithin: 3600n,
    challengeWindow: 6n * 3600n,
  }
}
