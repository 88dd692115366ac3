import { Body, type Step, type Tensor } from "../../protocol/program.ts"
import type { DotLoop, DotShape } from "./dot-shape.ts"
import type { Transposition } from "./left-operand.ts"
import { Temporary, rowMajor } from "./temporary.ts"

/** A step that moves elements of a tensor to a temporary one. */
function move(tensor: Tensor, base: number, sizes: readonly number[], strides: readonly number[]): Step {
  const length = sizes.reduce((all, size) => all * size, 1)
  return {
    output: new Temporary(tensor.type, length),
    domain: sizes,
    reduction: [],
    body: Body.Read,
    mode: 1,
    operands: [{ tensor, base, strides, guards: [], lookups: [] }],
    epilogue: [],
  }
}

/** A step that transposes a tensor. */
export function transposing(tensor: Tensor, { outer, axis, inner }: Transposition): Step {
  return move(tensor, 0, [outer, inner, axis], [axis * inner, 1, inner])
}

/** A step that brings the right operands of a product, row by row, one behind the other; and the product with them. */
export function straightened(shape: DotShape): { step: Step; shape: DotShape } {
  const { right, groups, columns, terms } = shape
  const moving = [...groups.filter((loop) => loop.right !== 0), ...columns, ...terms]
  const sizes = moving.map(({ size }) => size)
  const step = move(
    right.access.tensor,
    right.affine.base,
    sizes,
    moving.map((loop) => loop.right),
  )
  const strides = rowMajor(sizes)
  const straight = (loops: readonly DotLoop[]): DotLoop[] =>
    loops.map((loop) => (moving.includes(loop) ? { ...loop, right: strides[moving.indexOf(loop)] } : loop))
  const access = { tensor: step.output, base: 0, strides: [], guards: [], lookups: [] }
  return {
    step,
    shape: {
      ...shape,
      right: { ...right, access, affine: { base: 0, strides: [], guards: [] } },
      groups: straight(groups),
      columns: straight(columns),
      terms: straight(terms),
    },
  }
}
