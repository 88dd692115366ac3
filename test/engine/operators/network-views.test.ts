import { expect } from "chai"
import { TYPE_NAMES, type Values, valuesOf } from "../../../src/engine/executor.ts"
import { elementsOf } from "../../../src/engine/onnx/elements.ts"
import type { OnnxTensor } from "../../../src/engine/onnx/graph.ts"
import { Builder } from "../../../src/engine/program/builder.ts"
import { NodeContext } from "../../../src/engine/program/node.ts"
import { NETWORK } from "../../../src/engine/program/operators/network/index.ts"
import type { Program } from "../../../src/engine/program/program.ts"
import { reshape, transpose } from "../../../src/engine/program/shapes.ts"
import { Storage, type Value } from "../../../src/engine/program/value.ts"
import { type Digit, product, rowMajor } from "../../../src/engine/program/view.ts"
import { pack } from "../../../src/engine/program/pack.ts"
import { interpret } from "../../../src/engine/reference/interpreter.ts"
import type { ElementType } from "../../../src/protocol/program.ts"
import { type Random, seeded } from "../../referee/float32-cases.ts"
import { onceIn } from "../program/words.ts"
import { type Case, graphOf } from "./elementwise-run.ts"
import { CASES } from "./network-cases.ts"

const SEED = 0x76696577
const NODES = 25
/** Sums are taken in the order in which values lie. */
const TOLERANCE = 3e-5

/** The prime factors of a size, some of them multiplied with their neighbours. */
function digitsOf(random: Random, size: number): number[] {
  const digits: number[] = []
  for (let factor = 2, rest = size; rest > 1;) {
    if (rest % factor !== 0) {
      factor++
      continue
    }
    rest /= factor
    if (digits.length > 0 && onceIn(random, 2)) digits.push(digits.pop()! * factor)
    else digits.push(factor)
  }
  return digits
}

function shuffled(random: Random, count: number): number[] {
  const order = Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const j = random() % (i + 1)
    ;[order[i], order[j]] = [order[j], order[i]]
  }
  return order
}

/** Where the elements of a tensor lie: in what order the digits of its axes are nested. */
interface Arrangement {
  readonly digits: readonly number[]
  readonly order: readonly number[]
}

const straight = ({ dims }: OnnxTensor): Arrangement => ({ digits: dims, order: [...dims.keys()] })

function anyhow(random: Random, tensor: OnnxTensor): Arrangement {
  const { dims } = tensor
  if (product(dims) === 0) return straight(tensor)
  const digits = dims.flatMap((size) => digitsOf(random, size))
  return { digits, order: shuffled(random, digits.length) }
}

interface Result {
  readonly shape: readonly number[]
  readonly values: (number | bigint)[]
}

/** Lowers and runs a node whose inputs are views of tensors in which the elements lie as arranged. */
function run(given: Case, arrange: (tensor: OnnxTensor) => Arrangement): Result[] {
  const builder = new Builder()
  const inputs = new Map<string, Values>()
  const tensors = given.inputs ?? []
  const values = tensors.map((tensor, i): Value => {
    const { digits, order } = arrange(tensor!)
    const type = TYPE_NAMES.indexOf(tensor!.elementType as "float32") as ElementType
    const strides = rowMajor(digits)
    const walk: Digit[] = order.map((digit) => ({ size: digits[digit], stride: strides[digit] }))
    const { bytes } = pack(new Storage(type, tensor!.data.slice()), 0, walk)
    const shape = walk.map((digit) => digit.size)
    const isConstant = given.passed !== undefined && !given.passed.includes(i)
    if (!isConstant) inputs.set(`x${i}`, elementsOf({ ...tensor!, data: bytes }) as Values)
    const value = isConstant ? builder.constant(type, shape, bytes) : builder.addInput(`x${i}`, type, shape)
    const back = transpose(
      builder,
      value,
      order.map((_, digit) => order.indexOf(digit)),
    )
    return reshape(builder, back, tensor!.dims)
  })
  const [node] = graphOf(given).nodes
  const results = NETWORK[given.op](new NodeContext(builder, node, given.opset ?? 21, values))
  results.slice(0, given.outputs ?? 1).forEach((result, i) => builder.addOutput(`y${i}`, result!))
  const parts = builder.finish()
  const execution = interpret(parts as Program, Object.fromEntries(inputs))
  return parts.outputs.map(({ shape, tensor }) => {
    return { shape, values: [...valuesOf(tensor.type, execution.bytes(tensor))] }
  })
}

describe("nodes of networks do not care how their inputs lie in storage", () => {
  for (const [operator, make] of Object.entries(CASES)) {
    it(operator, () => {
      const random = seeded(SEED)
      for (let i = 0; i < NODES; i++) {
        const given = make(random)
        const expected = run(given, straight)
        const actual = run(given, (tensor) => anyhow(random, tensor))
        actual.forEach(({ shape, values }, output) => {
          const what = `node ${i}, output ${output}`
          const wanted = expected[output].values
          expect(shape, what).to.deep.equal(expected[output].shape)
          const wrong = values.findIndex((value, at) => {
            const [a, b] = [Number(value), Number(wanted[at])]
            return !Object.is(a, b) && !(Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(b)))
          })
          expect(wrong, `${what}: ${values[wrong]}, not ${wanted[wrong]}`).to.equal(-1)
        })
      }
    })
  }
})

describe("nodes of networks take batches of none", () => {
  for (const [operator, make] of Object.entries(CASES)) {
    if (/MatMul|Gemm|Reduce|LayerNorm/.test(operator)) continue
    it(operator, () => {
      const random = seeded(SEED)
      for (let i = 0; i < NODES; i++) {
        const given = make(random)
        const [x, ...others] = given.inputs!
        const none = { ...x!, dims: [0, ...x!.dims.slice(1)], data: new Uint8Array(0) }
        for (const { shape, values } of run({ ...given, inputs: [none, ...others] }, straight)) {
          expect(values).to.deep.equal([])
          expect(shape[0]).to.equal(0)
        }
      }
    })
  }
})
