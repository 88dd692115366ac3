import { getBytes, hexlify } from "ethers"
import { network } from "hardhat"
import { encodeStep } from "../../src/protocol/encode-step.ts"
import { type Step, type Tensor, widthOf } from "../../src/protocol/program.ts"
import type { RefereeHarness } from "../../types/contracts/index.js"

type Connection = Awaited<ReturnType<typeof network.create>>

/** The simulated chain keeps a record of every instruction of a call, which makes long calls slow. */
const TERMS_PER_CALL = 150

/** The referee on a chain of its own, without what a contract object does around every call. */
export class Harness {
  readonly #connection: Connection
  readonly #contract: RefereeHarness
  readonly #address: string

  private constructor(connection: Connection, contract: RefereeHarness, address: string) {
    this.#connection = connection
    this.#contract = contract
    this.#address = address
  }

  static async open(): Promise<Harness> {
    const connection = await network.create()
    const contract = await connection.ethers.deployContract("RefereeHarness")
    return new Harness(connection, contract, await contract.getAddress())
  }

  /** What the referee says about some elements of a step: the bytes of each as hex. */
  async elements(
    step: Step,
    elements: readonly number[],
    bytes: (tensor: Tensor) => Uint8Array,
  ): Promise<string[]> {
    const tensors = step.operands.map(({ tensor }) => hexlify(bytes(tensor)))
    const descriptor = hexlify(encodeStep(step))
    const terms = step.reduction.reduce((all, size) => all * size, 1) + step.epilogue.length + 4
    const size = Math.ceil(TERMS_PER_CALL / terms)
    const results: string[] = []
    for (let i = 0; i < elements.length; i += size) {
      const some = elements.slice(i, i + size)
      const data = this.#contract.interface.encodeFunctionData("evaluate", [descriptor, some, tensors])
      const params = [{ to: this.#address, data }, "latest"]
      const reply = (await this.#connection.provider.request({ method: "eth_call", params })) as string
      const [joined] = this.#contract.interface.decodeFunctionResult("evaluate", reply) as unknown as [string]
      results.push(...split(getBytes(joined), widthOf(step.output.type)))
    }
    return results
  }

  close(): Promise<void> {
    return this.#connection.close()
  }
}

function split(bytes: Uint8Array, width: number): string[] {
  return Array.from({ length: bytes.length / width }, (_, i) =>
    hexlify(bytes.subarray(i * width, (i + 1) * width)),
  )
}
