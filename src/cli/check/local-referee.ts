import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Interface, type InterfaceAbi } from "ethers"
import { elementProof } from "../../engine/audit/evidence.ts"
import type { Execution } from "../../engine/executor.ts"
import type { Commitment } from "../../engine/trace/commitment.ts"
import { OnusError } from "../../protocol/errors.ts"
import { explain } from "../../sdk/errors.ts"
import { ROOT, openHardhat } from "../../tour/chain/hardhat.ts"

const ARTIFACT = join(ROOT, "artifacts", "contracts", "faults", "ElementReferee.sol", "ElementReferee.json")

/** More than any transaction has: what a judgement takes is measured, whether it fits or not. */
const GAS = `0x${(2 ** 32).toString(16)}`

/** A method of JSON-RPC with its parameters. */
type Request = (method: string, ...params: unknown[]) => Promise<unknown>

/** The contract that recomputes elements, on a chain in this process: no registry and no stake is needed. */
export class LocalReferee {
  readonly #request: Request
  readonly #interface: Interface
  readonly #call: { readonly from: string; readonly to: string }
  readonly close: () => Promise<void>

  private constructor(
    request: Request,
    interface_: Interface,
    call: { readonly from: string; readonly to: string },
    close: () => Promise<void>,
  ) {
    this.#request = request
    this.#interface = interface_
    this.#call = call
    this.close = close
  }

  /** @throws OnusError `LocalChainMissing`, `ContractsNotCompiled`. */
  static async open(): Promise<LocalReferee> {
    const { abi, bytecode } = readArtifact()
    const hint = `Run \`npm ci\` in ${ROOT}, or ask for the static part alone with --samples 0`
    const hre = await openHardhat({ blockGasLimit: false, transactionGasCap: false }, hint)
    const connection = await hre.network.create()
    const request: Request = (method, ...params) => connection.provider.request({ method, params })
    const [from] = (await request("eth_accounts")) as string[]
    const { contractAddress: to } = await mined(request, { from, data: bytecode })
    return new LocalReferee(request, new Interface(abi), { from, to }, () => connection.close())
  }

  /** The calldata that asks about one element of a run, with openings under what the run commits to. */
  question(run: Execution, commitment: Commitment, step: number, element: number): string {
    const { inputRoot: input, traceRoot: trace, outputRoot: output } = commitment
    const proof = elementProof(run, commitment, step, element)
    return this.#interface.encodeFunctionData("isWrong", [
      run.program.header,
      { input, trace, output },
      { accumulator: 0, terms: 0 },
      proof,
    ])
  }

  /** Whether the element is not what its operands give. @throws OnusError with the name of the contract's error. */
  async isWrong(question: string): Promise<boolean> {
    const call = { ...this.#call, data: question, gas: GAS }
    try {
      const reply = (await this.#request("eth_call", call, "latest")) as string
      return this.#interface.decodeFunctionResult("isWrong", reply).wrong as boolean
    } catch (error) {
      throw explain(error)
    }
  }

  /** What a transaction takes that asks this and nothing else. */
  async gasOf(question: string): Promise<number> {
    const { gasUsed } = await mined(this.#request, { ...this.#call, data: question })
    return Number(gasUsed)
  }
}

/** Sends a transaction, which is in a block at once. */
async function mined(request: Request, transaction: object) {
  const hash = await request("eth_sendTransaction", { ...transaction, gas: GAS, gasPrice: "0x77359400" })
  return (await request("eth_getTransactionReceipt", hash)) as { gasUsed: string; contractAddress: string }
}

function readArtifact(): { abi: InterfaceAbi; bytecode: string } {
  try {
    return JSON.parse(readFileSync(ARTIFACT, "utf8")) as { abi: InterfaceAbi; bytecode: string }
  } catch (cause) {
    throw new OnusError("ContractsNotCompiled", `There is no contract at ${ARTIFACT}`, {
      hint: `Run \`npx hardhat build\` in ${ROOT}, or ask for the static part alone with --samples 0`,
      cause,
    })
  }
}
