import type { Guard } from "../../../protocol/program.ts"
import { intsAttribute, stringAttribute } from "../../onnx/attributes.ts"
import type { OnnxNode } from "../../onnx/graph.ts"
import { unsupported } from "../builder.ts"

/** One spatial axis of a sliding window. */
export interface WindowAxis {
  readonly input: number
  readonly kernel: number
  readonly stride: number
  readonly dilation: number
  /** Padding in front of the first element. */
  readonly pad: number
  readonly output: number
}

/** Reads `kernel_shape`, `strides`, `dilations`, `pads` and `auto_pad` of Conv and pooling nodes. */
export function windowAxes(
  node: OnnxNode,
  input: readonly number[],
  kernel: readonly number[],
): WindowAxis[] {
  const ones = kernel.map(() => 1)
  const strides = sized(node, "strides", intsAttribute(node, "strides") ?? ones, kernel.length)
  const dilations = sized(node, "dilations", intsAttribute(node, "dilations") ?? ones, kernel.length)
  const pads = sized(
    node,
    "pads",
    intsAttribute(node, "pads") ?? [...ones, ...ones].map(() => 0),
    2 * kernel.length,
  )
  const mode = stringAttribute(node, "auto_pad") ?? "NOTSET"
  return kernel.map((size, axis) => {
    const extent = (size - 1) * dilations[axis] + 1
    const [begin, end] =
      mode === "NOTSET"
        ? [pads[axis], pads[axis + kernel.length]]
        : autoPad(node, mode, input[axis], extent, strides[axis])
    const output = Math.floor((input[axis] + begin + end - extent) / strides[axis]) + 1
    if (begin < 0 || end < 0) throw unsupported(node, `negative pads ${begin}, ${end}`)
    if (output < 1)
      throw unsupported(node, `the kernel of ${extent} is larger than the padded input on axis ${axis}`)
    return {
      input: input[axis],
      kernel: size,
      stride: strides[axis],
      dilation: dilations[axis],
      pad: begin,
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

/** True if some window has no position inside of the input: all of it is padding. */
export function hasEmptyWindow({ input, kernel, stride, dilation, pad, output }: WindowAxis): boolean {
  for (let at = -pad; at < output * stride - pad; at += stride) {
    // The first position of the window that is not in front of the input.
    const first = at < 0 ? at + Math.ceil(-at / dilation) * dilation : at
    if (first >= input || first > at + (kernel - 1) * dilation) return true
  }
  return false
}

function autoPad(
  node: OnnxNode,
  mode: string,
  input: number,
  extent: number,
  stride: number,
): [number, number] {
  if (mode === "VALID") return [0, 0]
  if (mode !== "SAME_UPPER" && mode !== "SAME_LOWER") throw unsupported(node, `auto_pad "${mode}" is unknown`)
  const total = Math.max((Math.ceil(input / stride) - 1) * stride + extent - input, 0)
  const small = Math.floor(total / 2)
  return mode === "SAME_UPPER" ? [small, total - small] : [total - small, small]
}

function sized(node: OnnxNode, name: string, values: readonly number[], length: number): readonly number[] {
  const least = name === "pads" ? -Infinity : 1
  if (values.length !== length || values.some((value) => value < least || Math.abs(value) > 2 ** 20)) {
    throw unsupported(
      node,
      `${name} [${values}] does not fit a window of ${name === "pads" ? length / 2 : length} axes`,
    )
  }
  return values
}
