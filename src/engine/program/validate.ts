import { OnusError } from "../../protocol/errors.ts"
import { ElementType, Space, type Tensor, widthOf } from "../../protocol/program.ts"
import { LOWERING_LIMITS } from "./limits.ts"
import { type Port, type ProgramParts, leavesOf } from "./program.ts"
import { spaceName, stepProblem } from "./validate-step.ts"
import { product } from "./view.ts"

/**
 * Checks everything that a program promises (`docs/semantics.md` 3): whatever its inputs are, the referee recomputes
 * every element without reverting, and gets the reference's bits. Lowering makes no other programs; this is for
 * programs that were changed since, and for lowering itself.
 *
 * @throws OnusError `ProgramInvalid` with the number of the step, if it is about one, and the reason.
 *
 * @example
 * ```ts
 * const program = lower(loadOnnx(readFileSync("model.onnx")))
 * validateProgram(program)
 * ```
 */
export function validateProgram(program: ProgramParts): void {
  const table = tableOf(program)
  const problem = portsProblem(program) ?? layoutProblem(table)
  if (problem !== undefined) throw invalid(`The program is none: ${problem}`)
  const written = new Set<string>()
  program.steps.forEach((step, number) => {
    const problem = tensorsProblem(
      table,
      written,
      step.output,
      step.operands.map(({ tensor }) => tensor),
    )
    const found = problem ?? stepProblem(step)
    if (found !== undefined) throw invalid(`Step ${number} of the program is none: ${found}`)
    written.add(keyOf(step.output))
  })
  const missing = table.get(Space.Output)!.find((tensor) => tensor.length > 0 && !written.has(keyOf(tensor)))
  if (missing) throw invalid(`The program is none: no step computes ${nameOf(missing)}`)
}

const invalid = (message: string): OnusError =>
  new OnusError("ProgramInvalid", message, {
    hint: "Lower the ONNX file again, and report it if that gives the same program",
  })

/** The tensors of each space in the order of their ids, as the program declares them. */
type Table = ReadonlyMap<Space, readonly Tensor[]>

function tableOf({ inputs, outputs, constants, steps }: ProgramParts): Table {
  const written = steps.map(({ output }) => output)
  return new Map<Space, readonly Tensor[]>([
    [Space.Input, inputs.map(({ tensor }) => tensor)],
    [Space.Weights, constants.map(({ tensor }) => tensor)],
    [Space.Trace, written.filter(({ space }) => space === Space.Trace)],
    [Space.Output, outputs.map(({ tensor }) => tensor).sort((a, b) => a.id - b.id)],
  ])
}

const keyOf = ({ space, id }: Tensor): string => `${space}/${id}`
const nameOf = ({ space, id }: Tensor): string => `${spaceName(space)} tensor ${id}`

function portsProblem({ inputs, outputs, constants }: ProgramParts): string | undefined {
  const odd = (ports: readonly Port[], space: Space) =>
    ports.find(({ shape, tensor }) => tensor.space !== space || product(shape) !== tensor.length)
  const port = odd(inputs, Space.Input) ?? odd(outputs, Space.Output)
  if (port)
    return `"${port.name}" of shape [${port.shape}] is ${nameOf(port.tensor)} of ${port.tensor.length} elements`
  const constant = constants.find(
    ({ tensor, data }) =>
      tensor.space !== Space.Weights || data.length !== tensor.length * widthOf(tensor.type),
  )
  return constant && `the constant ${nameOf(constant.tensor)} has ${constant.data.length} bytes`
}

/** Descriptors have 32 bits for the number of a leaf. */
const MOST_LEAVES = 2 ** 32

/** Tensors are numbered from 0, and their chunks follow one another. */
function layoutProblem(table: Table): string | undefined {
  for (const tensors of table.values()) {
    let leaf = 0
    for (const [number, tensor] of tensors.entries()) {
      const { type, id, firstLeaf, length } = tensor
      if (!Object.values(ElementType).includes(type)) return `${nameOf(tensor)} has the unknown type ${type}`
      if (!Number.isInteger(length) || length < 0 || length > LOWERING_LIMITS.elements)
        return `${nameOf(tensor)} has ${length} elements`
      if (id !== number) return `${nameOf(tensor)} has the place of number ${number}`
      if (firstLeaf !== leaf) return `${nameOf(tensor)} begins at leaf ${firstLeaf} instead of ${leaf}`
      leaf += leavesOf(tensor)
      if (leaf > MOST_LEAVES) return `${nameOf(tensor)} ends behind leaf 2^32`
    }
  }
  return undefined
}

/** A step writes a tensor that none has written, and reads what is there already. */
function tensorsProblem(
  table: Table,
  written: ReadonlySet<string>,
  output: Tensor,
  operands: readonly Tensor[],
): string | undefined {
  if (output.space !== Space.Trace && output.space !== Space.Output) return `it writes ${nameOf(output)}`
  if (written.has(keyOf(output))) return `it writes ${nameOf(output)} once more`
  const strange = [output, ...operands].find(
    (tensor) => !isSame(tensor, table.get(tensor.space)?.[tensor.id]),
  )
  if (strange) return `${nameOf(strange)} of ${strange.length} elements is not the one of the program`
  const isComputed = ({ space }: Tensor) => space === Space.Trace || space === Space.Output
  const early = operands.find((tensor) => isComputed(tensor) && !written.has(keyOf(tensor)))
  return early && `it reads ${nameOf(early)}, which is not computed yet`
}

const isSame = (a: Tensor, b: Tensor | undefined): boolean =>
  a.type === b?.type && a.firstLeaf === b.firstLeaf && a.length === b.length
