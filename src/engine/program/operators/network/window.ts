import type { Guard } from "../../../../protocol/program.ts"
import { requirePositions } from "../../limits.ts"
import type { NodeContext } from "../../node.ts"

/** Larger strides, dilations and pads are refused. */
const MAX_SIZE = 2 ** 20

/** One spatial axis of a sliding window. */
export interface WindowAxis {
  readonly input: number
  readonly kernel: number
  readonly stride: number
  readonly dilation: number
  /** Padding in front of the first element. */
  readonly pad: number
  /** Padding behind the last one, as far as it was asked for: `ceil_mode` may walk on beyond it. */
  readonly padEnd: number
  readonly output: number
}

/** Reads `strides`, `dilations`, `pads`, `auto_pad` and `ceil_mode` of Conv and pooling nodes. */
export function windowAxes(
  node: NodeContext,
  input: readonly number[],
  kernel: readonly number[],
): WindowAxis[] {
  const rank = kernel.length
  const ones = kernel.map(() => 1)
  const zeros = kernel.map(() => 0)
  const strides = sized(node, "strides", node.ints("strides", ones), rank)
  const dilations = sized(node, "dilations", node.ints("dilations", ones), rank)
  const pads = sized(node, "pads", node.ints("pads", [...zeros, ...zeros]), 2 * rank)
  const mode = node.string("auto_pad", "NOTSET")
  const ceil = node.int("ceil_mode", 0) !== 0
  return kernel.map((size, axis) => {
    const stride = strides[axis]
    const extent = (size - 1) * dilations[axis] + 1
    const [begin, end] =
      mode === "NOTSET" ? [pads[axis], pads[axis + rank]] : autoPad(node, mode, input[axis], extent, stride)
    const steps = (input[axis] + begin + end - extent) / stride
    let output = Math.floor(steps) + 1
    // The last window of `ceil_mode` must start inside of the input or of the padding in front of it.
    if (ceil && Math.ceil(steps) * stride < input[axis] + begin) output = Math.ceil(steps) + 1
    if (output < 1) node.fail(`the kernel of ${extent} is larger than the padded input on axis ${axis}`)
    return {
      input: input[axis],
      kernel: size,
      stride,
      dilation: dilations[axis],
      pad: begin,
      padEnd: end,
      output,
    }
  })
}

/** A guard for the axis, unless no window ever leaves the input. */
export function windowGuard(axis: WindowAxis, output: number, kernel: number, loops: number): Guard[] {
  const last = (axis.output - 1) * axis.stride + (axis.kernel - 1) * axis.dilation - axis.pad
  if (axis.pad === 0 && last < axis.input) return []
  const coefficients = new Array<number>(loops).fill(0)
  coefficients[output] = axis.stride
  coefficients[kernel] = axis.dilation
  return [{ coefficients, offset: -axis.pad, size: axis.input }]
}

/** How many positions of each window along an axis lie inside of the input, or of it and the padding asked for. */
export function windowCounts(axis: WindowAxis, includePad: boolean): number[] {
  const [from, to] = includePad ? [-axis.pad, axis.input + axis.padEnd] : [0, axis.input]
  return Array.from({ length: requirePositions(axis.output) }, (_, o) => {
    const start = o * axis.stride - axis.pad
    const first = Math.max(0, Math.ceil((from - start) / axis.dilation))
    const last = Math.min(axis.kernel - 1, Math.floor((to - 1 - start) / axis.dilation))
    return Math.max(0, last - first + 1)
  })
}

function autoPad(
  node: NodeContext,
  mode: string,
  input: number,
  extent: number,
  stride: number,
): [number, number] {
  if (mode === "VALID") return [0, 0]
  if (mode !== "SAME_UPPER" && mode !== "SAME_LOWER") node.fail(`auto_pad "${mode}" is unknown`)
  const total = Math.max((Math.ceil(input / stride) - 1) * stride + extent - input, 0)
  const small = Math.floor(total / 2)
  return mode === "SAME_UPPER" ? [small, total - small] : [total - small, small]
}

/** Refuses a list of another length, or with numbers that no window has: pads from 0 on, everything else from 1. */
export function sized(
  node: NodeContext,
  name: "strides" | "dilations" | "pads" | "output_padding",
  values: readonly number[],
  length: number,
): readonly number[] {
  const least = name === "pads" || name === "output_padding" ? 0 : 1
  if (values.length === length && values.every((value) => value >= least && value <= MAX_SIZE)) return values
  const axes = name === "pads" ? length / 2 : length
  return node.fail(`${name} [${values}] does not fit a window of ${axes} axes`)
}
