// What the examples share: the local chain, the registry that `npm run deploy` put there, a question.
import { readFileSync } from "node:fs"
import { type JsonRpcProvider, hexlify, randomBytes } from "ethers"
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

/** The chain, and the address of the registry on it. */
export async function openLocalChain(): Promise<{ rpc: JsonRpcProvider; registry: string }> {
  const rpc = await openRpc(process.env.ONUS_RPC ?? "http://127.0.0.1:8545")
  const recorded = () => readAddresses("deployments/localhost/addresses.json").contracts.Onus.address
  return { rpc, registry: process.env.ONUS_REGISTRY ?? recorded() }
}

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
