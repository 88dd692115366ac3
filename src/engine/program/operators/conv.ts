import { Body, Op, Source, type Access, type Instruction } from "../../../protocol/program.ts"
import { intAttribute, intsAttribute } from "../../onnx/attributes.ts"
import type { OnnxNode } from "../../onnx/graph.ts"
import { type Builder, floats, plain, unsupported } from "../builder.ts"
import { fuseActivation } from "../fuse.ts"
import { channelsLast, product, rowMajor, shapeOf } from "../view.ts"
import { windowAxes, windowGuard } from "./window.ts"

/**
 * Conv: a dot product over the window, kernel positions outermost and channels innermost, so that the
 * operands of one element are a few contiguous ranges of channels-last activations and of weights
 * packed to [out channel, kernel..., in channel].
 */
export function lowerConv(builder: Builder, node: OnnxNode): void {
  const x = builder.view(node, 0)
  const weights = builder.constant(node, 1)
  if (!weights) throw unsupported(node, "the weights are not a constant")
  const [batch, channels, ...spatial] = shapeOf(x)
  const [outChannels, groupChannels, ...kernel] = weights.dims
  const groups = intAttribute(node, "group", 1)
  if (spatial.length < 1 || kernel.length !== spatial.length) {
    throw unsupported(node, `weights of shape [${weights.dims}] do not fit an input of shape [${shapeOf(x)}]`)
  }
  if (groups < 1 || groupChannels * groups !== channels || outChannels % groups !== 0) {
    throw unsupported(
      node,
      `${channels} channels and weights [${weights.dims}] do not divide into ${groups} groups`,
    )
  }
  const declared = intsAttribute(node, "kernel_shape", kernel)
  if (String(declared) !== String(kernel))
    throw unsupported(node, `kernel_shape [${declared}] is not [${kernel}]`)
  if (x.axes.some((digits) => digits.length !== 1)) throw unsupported(node, "the input is a reshaped tensor")

  // Loops: batch, output positions, group, channel within the group | kernel positions, input channel.
  const axes = windowAxes(node, spatial, kernel)
  const perGroup = outChannels / groups
  const domain = [batch, ...axes.map((axis) => axis.output), groups, perGroup]
  const reduction = [...kernel, groupChannels]
  const loops = domain.length + reduction.length
  const [batchStride, channelStride, ...strides] = x.axes.map(([digit]) => digit.stride)
  const input: Access = {
    tensor: x.tensor,
    base: -axes.reduce((sum, axis, i) => sum + axis.pad * strides[i], 0),
    strides: [
      batchStride,
      ...axes.map((axis, i) => axis.stride * strides[i]),
      groupChannels * channelStride,
      0,
      ...axes.map((axis, i) => axis.dilation * strides[i]),
      channelStride,
    ],
    guards: axes.flatMap((axis, i) => windowGuard(axis, 1 + i, domain.length + i, loops)),
  }
  const packed = builder.addConstant(packKernel(floats(node, weights), weights.dims), weights.name)
  const outer = product(reduction)
  const still = axes.map(() => 0)
  const filter = plain(packed, [0, ...still, perGroup * outer, outer, ...rowMajor(reduction)])

  const operands = [input, filter]
  const epilogue: Instruction[] = []
  const bias = node.inputs[2] ? builder.constant(node, 2) : undefined
  if (node.inputs[2] && !bias) throw unsupported(node, "the bias is not a constant")
  if (bias) {
    const values = floats(node, bias)
    if (values.length !== outChannels)
      throw unsupported(node, `the bias has ${values.length} values for ${outChannels} channels`)
    const tensor = builder.addConstant(values, bias.name)
    operands.push(plain(tensor, [0, ...still, perGroup, 1, ...reduction.map(() => 0)]))
    epilogue.push({ op: Op.Add, source: Source.Operand, value: 2 })
  }
  const { name, instructions } = fuseActivation(builder, node.outputs[0])
  const output = builder.addScratch(product(domain), name)
  builder.addStep({
    output,
    domain,
    reduction,
    body: Body.Dot,
    operands,
    epilogue: [...epilogue, ...instructions],
  })
  builder.bind(
    name,
    channelsLast(
      output,
      batch,
      outChannels,
      axes.map((axis) => axis.output),
    ),
  )
}

/** [out, in, kernel...] to [out, kernel..., in]. */
function packKernel(values: Float32Array, [out, channels, ...kernel]: readonly number[]): Float32Array {
  const positions = product(kernel)
  const packed = new Float32Array(values.length)
  const from = new Uint32Array(values.buffer)
  const to = new Uint32Array(packed.buffer)
  for (let o = 0; o < out; o++) {
    for (let c = 0; c < channels; c++) {
      for (let k = 0; k < positions; k++)
        to[(o * positions + k) * channels + c] = from[(o * channels + c) * positions + k]
    }
  }
  return packed
}
