import { expect } from "chai"
import type { OnnxAttribute, OnnxNode, OnnxTensor } from "../../../src/engine/onnx/graph.ts"
import { withConstants } from "../../../src/engine/program/freeze.ts"
import { lowerParts } from "../../../src/engine/program/lower.ts"
import type { ProgramParts } from "../../../src/engine/program/program.ts"
import { product, rowMajor } from "../../../src/engine/program/view.ts"
import type { Random } from "../../referee/float32-cases.ts"
import { between, onceIn, pick } from "../program/words.ts"
import { type Result, type TypeName, execute, tensor } from "./elementwise-run.ts"

/** What a tensor should hold. */
export interface Grid {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

/** A tensor of a sheet: its name in the graph, and what it should hold. */
export interface Operand extends Grid {
  readonly name: string
  readonly type: TypeName
}

/** Attributes as tests write them: whole numbers are INT, others FLOAT, lists INTS. */
export type Attributes = Readonly<Record<string, number | string | readonly number[]>>

/** The coordinates of an element. */
export function placeOf(shape: readonly number[], element: number): number[] {
  return rowMajor(shape).map((stride, axis) => Math.floor(element / stride) % shape[axis])
}

/** A grid of which every element is told from its coordinates. */
export function gridOf(shape: readonly number[], make: (place: number[]) => number): Grid {
  const data = Array.from({ length: product(shape) }, (_, element) => make(placeOf(shape, element)))
  return { shape, data }
}

/** The element at coordinates, `otherwise` outside of the grid. */
export function at({ shape, data }: Grid, place: readonly number[], otherwise = NaN): number {
  if (place.some((one, axis) => one < 0 || one >= shape[axis])) return otherwise
  return data[rowMajor(shape).reduce((sum, stride, axis) => sum + stride * place[axis], 0)]
}

/** The coordinates with another one on an axis. */
export const moved = (place: readonly number[], axis: number, to: number): number[] => place.with(axis, to)

function attribute(value: Attributes[string]): OnnxAttribute {
  if (typeof value === "string") return { type: "string", value }
  if (typeof value !== "number") return { type: "ints", value: value.map(BigInt) }
  return Number.isInteger(value) ? { type: "int", value: BigInt(value) } : { type: "float", value }
}

/** A graph that is written down together with what each of its tensors should hold. */
export class Sheet {
  readonly random: Random
  readonly #opset: number
  readonly #nodes: OnnxNode[] = []
  readonly inputs = new Map<string, OnnxTensor>()
  readonly #constants = new Map<string, OnnxTensor>()
  readonly #outputs: Operand[] = []
  #names = 0

  constructor(random: Random, opset = 18) {
    this.random = random
    this.#opset = opset
  }

  /** An input of the graph. */
  input(type: TypeName, shape: readonly number[], numbers?: readonly number[]): Operand {
    const data = numbers ?? Array.from({ length: product(shape) }, () => this.#number(type))
    const name = `x${this.#names++}`
    this.inputs.set(name, tensor(type, shape, data))
    return { name, type, shape, data }
  }

  /** A constant. */
  constant(type: TypeName, shape: readonly number[], data: readonly number[]): Operand {
    const name = `c${this.#names++}`
    this.#constants.set(name, tensor(type, shape, data))
    return { name, type, shape, data }
  }

  /** Constant int64 numbers, as shapes, axes and the like are given. */
  ints(...numbers: readonly number[]): Operand {
    return this.constant("int64", [numbers.length], numbers)
  }

  /** A value that lies in storage in some other way than in row-major order: its axes may have several digits. */
  value(type: TypeName, shape: readonly number[]): Operand {
    if (shape.length === 0 || onceIn(this.random, 4)) return this.input(type, shape)
    const digits = shape.map((size) => {
      const low = pick(this.random, divisors(size))
      return [size / low, low]
    })
    const sizes = digits.flat()
    const order = shuffled(this.random, [...sizes.keys()])
    const raw = this.input(
      type,
      order.map((digit) => sizes[digit]),
    )
    const back = sizes.map((_, digit) => order.indexOf(digit))
    const turned = this.transposed(raw, back)
    return this.node("Reshape", [turned, this.ints(...shape)], { allowzero: 1 }, { shape, data: turned.data })
  }

  transposed(x: Operand, order: readonly number[]): Operand {
    const shape = order.map((axis) => x.shape[axis])
    const grid = gridOf(shape, (place) =>
      at(
        x,
        x.shape.map((_, axis) => place[order.indexOf(axis)]),
      ),
    )
    return this.node("Transpose", [x], { perm: order }, grid)
  }

  /** A node with one output. */
  node(
    opType: string,
    inputs: readonly (Operand | undefined)[],
    attributes: Attributes,
    grid: Grid,
    type: TypeName = inputs[0]!.type,
  ): Operand {
    return this.nodes(opType, inputs, attributes, [{ ...grid, type }])[0]
  }

  /** A node with several outputs. */
  nodes(
    opType: string,
    inputs: readonly (Operand | undefined)[],
    attributes: Attributes,
    results: readonly (Grid & { type: TypeName })[],
  ): Operand[] {
    const outputs = results.map(() => `y${this.#names++}`)
    const entries = Object.entries(attributes).map(([name, value]) => [name, attribute(value)] as const)
    this.#nodes.push({
      name: `make ${outputs[0]}`,
      opType,
      domain: "",
      inputs: inputs.map((input) => input?.name ?? ""),
      outputs,
      attributes: new Map(entries),
    })
    return results.map(({ shape, data, type }, i) => ({ name: outputs[i], type, shape, data }))
  }

  output(...operands: readonly Operand[]): void {
    this.#outputs.push(...operands)
  }

  /** The program of the graph, some of whose inputs are constants. */
  lower(constants: ReadonlyMap<string, OnnxTensor> = new Map()): ProgramParts {
    const graph = {
      name: "sheet",
      opset: this.#opset,
      inputs: [...this.inputs].map(([name, { elementType, dims }]) => ({ name, elementType, shape: dims })),
      outputs: this.#outputs.map(({ name }) => ({ name, elementType: undefined, shape: undefined })),
      initializers: this.#constants,
      nodes: this.#nodes,
    }
    return lowerParts(withConstants(graph, constants))
  }

  /**
   * Runs the graph as it is, and with constants only, and compares its outputs with what they should hold.
   *
   * @param near How far a number may be from the one that is expected, relative to it or to 1.
   */
  check(near = 0): ProgramParts {
    const parts = this.lower()
    this.#compare(execute(parts, this.inputs), near)
    this.#compare(execute(this.lower(this.inputs), new Map()), near)
    return parts
  }

  #compare(results: readonly Result[], near: number): void {
    this.#outputs.forEach(({ shape, data }, i) => {
      expect(results[i].shape, "shape").to.deep.equal(shape)
      const values = results[i].values.map(Number)
      if (near === 0) expect(values).to.deep.equal(data)
      const wrong = values.findIndex(
        (one, k) => Math.abs(one - data[k]) > near * Math.max(1, Math.abs(data[k])),
      )
      expect(wrong, `${values} instead of ${data}: first wrong element`).to.equal(-1)
    })
  }

  #number(type: TypeName): number {
    return type === "bool" ? between(this.random, 0, 1) : between(this.random, 1, 40)
  }
}

const divisors = (size: number): number[] =>
  Array.from({ length: Math.max(1, size) }, (_, i) => i + 1).filter((one) => size % one === 0)

export function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const rest = [...items]
  return items.map(() => rest.splice(random() % rest.length, 1)[0])
}
