import type { NodeContext } from "../../node.ts"
import { sized } from "./window.ts"

/**
 * One spatial axis of a transposed convolution: input i and kernel position k meet at the output position
 * i * stride + k * dilation - pad. Written from the output's side: its position o consists of a turn q, a half h and
 * a phase r, o = q * stride + h * stride / halves + r, and tap j pairs
 * input `first + q + h - tapStep * j` with kernel position `(halves - 1 - h) * stride / halves + r + stride * j - front`.
 */
export interface TransposedAxis {
  readonly input: number
  readonly kernel: number
  readonly stride: number
  readonly output: number
  /** Turns of the stride that cover the output; the last one may go beyond it. */
  readonly turns: number
  /** 2 if the second half of the phases starts one input position later than the first one. */
  readonly halves: 1 | 2
  readonly taps: number
  readonly tapStep: number
  readonly first: number
  /** Kernel positions that the taps visit before the first one. */
  readonly front: number
  /** Distance of the kernel's positions, where the taps visit those in between as well. */
  readonly spread: number
}

/** Reads `strides`, `dilations`, `pads`, `output_padding`, `output_shape` and `auto_pad` of ConvTranspose. */
export function transposedAxes(
  node: NodeContext,
  input: readonly number[],
  kernel: readonly number[],
): TransposedAxis[] {
  const rank = kernel.length
  const ones = kernel.map(() => 1)
  const zeros = kernel.map(() => 0)
  const strides = sized(node, "strides", node.ints("strides", ones), rank)
  const dilations = sized(node, "dilations", node.ints("dilations", ones), rank)
  const pads = sized(node, "pads", node.ints("pads", [...zeros, ...zeros]), 2 * rank)
  const extra = sized(node, "output_padding", node.ints("output_padding", zeros), rank)
  const given = node.ints("output_shape")
  if (given && given.length !== rank) node.fail(`output_shape [${given}] is not one of ${rank} axes`)
  const mode = node.string("auto_pad", "NOTSET")
  if (!["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"].includes(mode))
    node.fail(`auto_pad "${mode}" is unknown`)
  return kernel.map((size, i) => {
    const stride = strides[i]
    // What all input positions reach together.
    const reached = stride * (input[i] - 1) + extra[i] + (size - 1) * dilations[i] + 1
    const wanted = given?.[i] ?? (mode.startsWith("SAME") ? input[i] * stride : undefined)
    const padding = Math.max(0, reached - (wanted ?? reached))
    const explicit = wanted === undefined && mode === "NOTSET"
    const half = mode === "SAME_UPPER" ? Math.floor(padding / 2) : Math.ceil(padding / 2)
    const pad = explicit ? pads[i] : half
    const output = wanted ?? reached - (explicit ? pads[i] + pads[i + rank] : 0)
    if (output < 1) node.fail(`the output has ${output} positions on axis ${i}`)
    return split(input[i], size, stride, dilations[i], pad, output)
  })
}

function split(
  input: number,
  kernel: number,
  stride: number,
  dilation: number,
  pad: number,
  output: number,
): TransposedAxis {
  const common = { input, kernel, stride, output, turns: Math.ceil(output / stride) }
  if (stride === 1) {
    return { ...common, halves: 1, taps: kernel, tapStep: dilation, first: pad, front: 0, spread: 1 }
  }
  const extent = (kernel - 1) * dilation + 1
  const [turn, rest] = [Math.floor(pad / stride), pad % stride]
  const shared = { ...common, tapStep: 1, spread: dilation }
  if (rest === 0 || 2 * rest === stride) {
    const taps = Math.ceil(extent / stride)
    return { ...shared, halves: rest === 0 ? 1 : 2, taps, first: turn, front: 0 }
  }
  const front = stride - rest
  return { ...shared, halves: 1, taps: Math.ceil((front + extent) / stride), first: turn + 1, front }
}
