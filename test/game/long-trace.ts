import { Execution } from "../../src/engine/executor.ts"
import { sealProgram } from "../../src/engine/program/seal.ts"
import { type Program } from "../../src/engine/program/program.ts"
import { type Access, Body, ElementType, Space, type Step, type Tensor } from "../../src/protocol/program.ts"

const tensor = (space: Space, length: number): Tensor => ({
  space,
  type: ElementType.Float32,
  id: 0,
  firstLeaf: 0,
  length,
})

const read = (from: Tensor): Access => ({ tensor: from, base: 0, strides: [0], guards: [], lookups: [] })
const copy = (from: Tensor, output: Tensor): Step => ({
  output,
  domain: [output.length],
  reduction: [],
  body: Body.Read,
  mode: 1,
  operands: [read(from)],
  epilogue: [],
})

/** A program whose trace is one long tensor, of which every element is the input. */
export function longProgram(length: number): Program {
  const [input, trace, output] = [
    tensor(Space.Input, 1),
    tensor(Space.Trace, length),
    tensor(Space.Output, 1),
  ]
  return sealProgram({
    steps: [copy(input, trace), copy(trace, output)],
    inputs: [{ name: "x", shape: [1], tensor: input }],
    outputs: [{ name: "y", shape: [1], tensor: output }],
    constants: [],
  })
}

/** Its run, with some wrong elements. */
export function longRun(program: Program, wrong: readonly number[] = []): Execution {
  const trace = new Float32Array(program.traceTensors[0].length).fill(1)
  for (const element of wrong) trace[element] = 2
  const one = () => new Uint8Array(Float32Array.of(1).buffer)
  return new Execution(program, {
    [Space.Input]: [one()],
    [Space.Weights]: [],
    [Space.Trace]: [new Uint8Array(trace.buffer)],
    [Space.Output]: [one()],
  })
}

/** The run of a program that has no trace: its answer is the input, 1. @param answer what it is said to be. */
export function answerRun(answer: number): Execution {
  const [input, output] = [tensor(Space.Input, 1), tensor(Space.Output, 1)]
  const program = sealProgram({
    steps: [copy(input, output)],
    inputs: [{ name: "x", shape: [1], tensor: input }],
    outputs: [{ name: "y", shape: [1], tensor: output }],
    constants: [],
  })
  const bytes = (value: number) => new Uint8Array(Float32Array.of(value).buffer)
  return new Execution(program, {
    [Space.Input]: [bytes(1)],
    [Space.Weights]: [],
    [Space.Trace]: [],
    [Space.Output]: [bytes(answer)],
  })
}
