import { expect } from "chai"
import { concat, getBytes, hexlify } from "ethers"
import { network } from "hardhat"
import { evaluate } from "../../src/engine/reference/evaluate.ts"
import { encodeStep } from "../../src/protocol/encode-step.ts"
import { type Step, type Tensor, widthOf } from "../../src/protocol/program.ts"
import type { RefereeHarness } from "../../types/contracts/index.js"

type Connection = Awaited<ReturnType<typeof network.create>>

/** Short calls are several times faster than long ones: the simulated chain keeps a trace of every call. */
const TERMS_PER_CALL = 80

/** The bytes of a tensor. */
export type Bytes = (tensor: Tensor) => Uint8Array

export const termsOf = ({ reduction }: Step): number => reduction.reduce((all, size) => all * size, 1)

/** A chunk of an operand. */
export interface Place {
  readonly operand: number
  readonly chunk: number
}

/** A part of an evaluation: how many terms there are behind it, and what is opened for it. */
export interface Part {
  readonly until: number
  readonly chunks: readonly Place[]
}

/** A step as text, for messages. */
export const show = (step: Step): string =>
  JSON.stringify(step, (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value))

/** The referee on a chain of its own. */
export class Judge {
  readonly harness: RefereeHarness
  readonly #connection: Connection
  readonly #address: string

  private constructor(connection: Connection, harness: RefereeHarness, address: string) {
    this.#connection = connection
    this.harness = harness
    this.#address = address
  }

  static async open(): Promise<Judge> {
    const connection = await network.create()
    const harness = await connection.ethers.deployContract("RefereeHarness")
    return new Judge(connection, harness, await harness.getAddress())
  }

  /** What the referee says about some elements of a step, as hex strings of their bytes. */
  async elements(step: Step, elements: readonly number[], bytes: Bytes): Promise<string[]> {
    const tensors = step.operands.map(({ tensor }) => hexlify(bytes(tensor)))
    const size = Math.ceil(TERMS_PER_CALL / (termsOf(step) + step.epilogue.length + 4))
    const descriptor = hexlify(encodeStep(step))
    const parts: string[] = []
    for (let i = 0; i < elements.length; i += size) {
      parts.push(await this.#evaluate([descriptor, elements.slice(i, i + size), tensors]))
    }
    return split(getBytes(concat(parts)), widthOf(step.output.type))
  }

  /** Calls as the harness does, without what a contract object does around every call. */
  async #evaluate(values: [descriptor: string, elements: number[], tensors: string[]]): Promise<string> {
    const { interface: abi } = this.harness
    const call = { to: this.#address, data: abi.encodeFunctionData("evaluate", values) }
    const request = { method: "eth_call", params: [call, "latest"] }
    const reply = (await this.#connection.provider.request(request)) as string
    return (abi.decodeFunctionResult("evaluate", reply) as unknown as [string])[0]
  }

  /** The bytes of an element that is recomputed in parts, of which the last one finishes it, as a hex string. */
  async inParts(
    step: Step,
    element: number,
    hint: number,
    parts: readonly Part[],
    bytes: Bytes,
  ): Promise<{ result: string; accumulators: readonly bigint[] }> {
    const tensors = step.operands.map(({ tensor }) => bytes(tensor))
    const given = parts.map(({ until, chunks }) => ({ until, chunks: [...chunks] }))
    const { bits, steps } = await this.harness.evaluateInParts(
      encodeStep(step),
      element,
      hint,
      given,
      tensors,
    )
    return { result: hexOf(bits, step), accumulators: steps.map(({ accumulator }) => accumulator) }
  }

  /** Gas of recomputing one element. */
  async gas(step: Step, element: number, bytes: Bytes): Promise<number> {
    const tensors = step.operands.map(({ tensor }) => bytes(tensor))
    return Number((await this.harness.measure(encodeStep(step), element, tensors)).used)
  }

  /** Fails with the first elements in which referee and reference differ; returns the right bytes. */
  async expectReference(step: Step, elements: readonly number[], bytes: Bytes): Promise<string[]> {
    const results = await this.elements(step, elements, bytes)
    const right = elements.map((element) => hexOf(evaluate(step, element, bytes), step))
    const wrong = elements.flatMap((element, i) =>
      results[i] === right[i] ? [] : [`element ${element}: ${results[i]}, not ${right[i]}`],
    )
    expect(wrong.slice(0, 5), wrong.length > 0 ? show(step) : "").to.deep.equal([])
    expect(results.length).to.equal(elements.length)
    return right
  }
}

/** The bytes of an element, from its bits. */
export function hexOf(bits: bigint, { output }: Step): string {
  const width = widthOf(output.type)
  return hexlify(Uint8Array.from({ length: width }, (_, k) => Number((bits >> BigInt(8 * k)) & 0xffn)))
}

function split(bytes: Uint8Array, width: number): string[] {
  return Array.from({ length: bytes.length / width }, (_, i) =>
    hexlify(bytes.subarray(i * width, (i + 1) * width)),
  )
}
