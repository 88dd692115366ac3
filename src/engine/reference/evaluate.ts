import { Body, type Step, widthOf } from "../../protocol/program.ts"
import { prepareBody } from "./bodies.ts"
import { type Scalar, invalid, patternOf, patternsOver, scalarOf } from "./elements.ts"
import { prepareInstruction } from "./epilogue.ts"
import { Loops } from "./loops.ts"
import { type Bytes, type OnRead, Operand } from "./operands.ts"

export type { Bytes, OnRead } from "./operands.ts"

/**
 * The definition of a program step, for one element: `docs/semantics.md` 3. Twin of
 * `contracts/referee/Referee.sol`.
 *
 * @param onRead is told about every element that the definition touches, in its order.
 * @returns the bytes of element `element` of the step's output as an integer, the first one lowest.
 * @throws OnusError `ProgramInvalid` when the step is none: an access leaves its tensor, types do not fit.
 */
export function evaluate(step: Step, element: number, bytes: Bytes, onRead?: OnRead): bigint {
  const pattern = prepare(step, bytes, onRead)(element)
  return BigInt.asUintN(8 * widthOf(step.output.type), BigInt(pattern))
}

/**
 * All elements of a step, by the same definition.
 *
 * @throws OnusError `ProgramInvalid`, as {@link evaluate}.
 */
export function runStep(step: Step, bytes: Bytes): Uint8Array {
  const { type, length } = step.output
  const output = new Uint8Array(length * widthOf(type))
  const patterns = patternsOver(type, output)
  const element = prepare(step, bytes)
  for (let i = 0; i < length; i++) patterns[i] = element(i)
  return output
}

/** A step as a function from the number of an element to what is stored for it. */
function prepare(step: Step, bytes: Bytes, onRead?: OnRead): (element: number) => Scalar {
  const { output, domain, body, epilogue } = step
  if (domain.reduce((all, size) => all * size, 1) !== output.length) {
    throw invalid(`the domain [${domain}] has not the ${output.length} elements of the output`)
  }
  const loops = new Loops(step)
  const operands = step.operands.map((_, number) => new Operand(step, number, loops.index, bytes, onRead))
  const { type, compute } = prepareBody(step, operands, loops)
  const types = [type]
  const instructions = epilogue.map((instruction) => prepareInstruction(instruction, types, operands))
  const last = instructions.length
  if (types[last] !== output.type) throw invalid(`type ${types[last]} is stored as type ${output.type}`)
  if (body === Body.Read && last === 0) return prepareMove(step, operands.slice(0, step.mode), loops, bytes)
  const registers: Scalar[] = []
  return (element) => {
    loops.place(element)
    registers[0] = compute()
    for (let i = 0; i < last; i++) registers[i + 1] = instructions[i](registers)
    return patternOf(output.type, registers[last])
  }
}

/** A Read alone keeps the bytes of what it reads, whatever they mean. */
function prepareMove(
  { output, operands }: Step,
  candidates: readonly Operand[],
  loops: Loops,
  bytes: Bytes,
): (element: number) => Scalar {
  const sources = candidates.map((_, i) => patternsOver(output.type, bytes(operands[i].tensor)))
  const zero = scalarOf(output.type, 0n)
  return (element) => {
    loops.place(element)
    for (let i = 0; i < sources.length; i++) {
      const position = candidates[i].locate()
      if (position >= 0) return sources[i][position]
    }
    return zero
  }
}
