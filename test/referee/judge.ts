import { expect } from "chai"
import { concat, getBytes, hexlify } from "ethers"
import { network } from "hardhat"
import { evaluate } from "../../src/engine/reference/evaluate.ts"
import { encodeStep } from "../../src/protocol/encode-step.ts"
import { type Step, type Tensor, widthOf } from "../../src/protocol/program.ts"
import type { CallBatch } from "../helpers/call-batch.ts"
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
    expectRight(step, elements, results, right)
    return right
  }
}

/** What the referee is asked about some elements of a step, and what is right. */
export class Comparison {
  readonly right: readonly string[]
  readonly #step: Step
  readonly #elements: readonly number[]
  readonly #judged: Promise<readonly unknown[]>

  constructor(batch: CallBatch, step: Step, elements: readonly number[], bytes: Bytes) {
    this.#step = step
    this.#elements = elements
    this.right = elements.map((element) => hexOf(evaluate(step, element, bytes), step))
    const tensors = step.operands.map(({ tensor }) => bytes(tensor))
    this.#judged = batch.call("evaluate", [encodeStep(step), elements, tensors])
  }

  /** Fails with the first elements in which referee and reference differ. */
  async expectSame(where = ""): Promise<void> {
    const judged = await this.#judged.catch((error: unknown) => {
      throw new Error(`${where}: ${(error as Error).message}\n${show(this.#step)}`, { cause: error })
    })
    expectRight(
      this.#step,
      this.#elements,
      split(getBytes(judged[0] as string), widthOf(this.#step.output.type)),
      this.right,
      where,
    )
  }
}

/** Fails with the first elements whose bytes are not right. */
function expectRight(
  step: Step,
  elements: readonly number[],
  judged: readonly string[],
  right: readonly string[],
  where = "",
): void {
  const wrong = elements.flatMap((element, i) =>
    judged[i] === right[i] ? [] : [`element ${element}: ${judged[i]}, not ${right[i]}`],
  )
  expect(wrong.slice(0, 5), wrong.length > 0 ? `${where}\n${show(step)}` : "").to.deep.equal([])
  expect(judged.length).to.equal(elements.length)
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
