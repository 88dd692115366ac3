import { getBytes } from "ethers"
import { network } from "hardhat"
import { type ElementType, Op } from "../../src/protocol/program.ts"

/** Operations per eth_call. Short calls are several times faster per operation than long ones. */
const PER_CALL = 200

/** The scalar operations of the contracts, in bulk. Operands and results are packed elements. */
export interface ScalarJudge {
  /** @param pairs the operands of one operation after those of the other, `width` bytes each. */
  binary(op: Op, type: ElementType, pairs: Uint8Array, width: number): Promise<Uint8Array>
  unary(op: Op, type: ElementType, operands: Uint8Array): Promise<Uint8Array>
  cast(from: ElementType, to: ElementType, operands: Uint8Array, width: number): Promise<Uint8Array>
  /** Gas of one operation on registers. */
  gas(op: Op, type: ElementType, operands: readonly bigint[]): Promise<number>
}

export async function scalarJudge(): Promise<ScalarJudge> {
  const { ethers, provider } = await network.create()
  const harness = await ethers.deployContract("ScalarHarness")
  const { interface: abi } = harness
  const to = await harness.getAddress()

  /** Calls as the harness does, without what a contract object does around every call. */
  async function call(name: "binary" | "unary" | "cast", ...values: readonly unknown[]): Promise<string> {
    const data = abi.encodeFunctionData(name as "unary", values as never)
    const reply = (await provider.request({ method: "eth_call", params: [{ to, data }, "latest"] })) as string
    return (abi.decodeFunctionResult(name as "unary", reply) as unknown as [string])[0]
  }

  async function inParts(
    operands: Uint8Array,
    size: number,
    judge: (part: Uint8Array) => Promise<string>,
  ): Promise<Uint8Array> {
    const parts: Uint8Array[] = []
    for (let at = 0; at < operands.length; at += size) {
      parts.push(getBytes(await judge(operands.slice(at, at + size))))
    }
    return new Uint8Array(Buffer.concat(parts))
  }

  return {
    binary: (op, type, pairs, width) =>
      inParts(pairs, 2 * width * PER_CALL, (part) => call("binary", op, type, part)),
    unary: (op, type, operands) =>
      inParts(operands, op === Op.Exp ? PER_CALL : 4 * PER_CALL, (part) => call("unary", op, type, part)),
    cast: (from, to, operands, width) =>
      inParts(operands, width * PER_CALL, (part) => call("cast", from, to, part)),
    gas: async (op, type, [a, b]) => {
      const measured =
        b === undefined ? harness.measureUnary(op, type, a) : harness.measureBinary(op, type, a, b)
      return Number((await measured).used)
    },
  }
}
