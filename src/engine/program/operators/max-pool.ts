import { Body } from "../../../protocol/program.ts"
import { intAttribute, intsAttribute } from "../../onnx/attributes.ts"
import type { OnnxNode } from "../../onnx/graph.ts"
import { type Builder, unsupported } from "../builder.ts"
import { fuseActivation } from "../fuse.ts"
import { channelsLast, product, shapeOf } from "../view.ts"
import { hasEmptyWindow, windowAxes, windowGuard } from "./window.ts"

/** MaxPool: the maximum over the window; positions in the padding do not take part. */
export function lowerMaxPool(builder: Builder, node: OnnxNode): void {
  const x = builder.view(node, 0)
  const [batch, channels, ...spatial] = shapeOf(x)
  const kernel = intsAttribute(node, "kernel_shape")
  if (kernel?.length !== spatial.length || spatial.length < 1 || kernel.some((size) => size < 1)) {
    throw unsupported(node, `kernel_shape [${kernel}] does not fit an input of shape [${shapeOf(x)}]`)
  }
  if (intAttribute(node, "ceil_mode", 0) !== 0) throw unsupported(node, "ceil_mode is set")
  if (node.outputs.length > 1 && node.outputs[1] !== "")
    throw unsupported(node, "the output of indices is used")
  if (x.axes.some((digits) => digits.length !== 1)) throw unsupported(node, "the input is a reshaped tensor")

  const axes = windowAxes(node, spatial, kernel)
  if (axes.some(hasEmptyWindow)) throw unsupported(node, "a window lies in the padding")
  const domain = [batch, ...axes.map((axis) => axis.output), channels]
  const loops = domain.length + kernel.length
  const [batchStride, channelStride, ...strides] = x.axes.map(([digit]) => digit.stride)
  const input = {
    tensor: x.tensor,
    base: -axes.reduce((sum, axis, i) => sum + axis.pad * strides[i], 0),
    strides: [
      batchStride,
      ...axes.map((axis, i) => axis.stride * strides[i]),
      channelStride,
      ...axes.map((axis, i) => axis.dilation * strides[i]),
    ],
    guards: axes.flatMap((axis, i) => windowGuard(axis, 1 + i, domain.length + i, loops)),
  }
  const { name, instructions } = fuseActivation(builder, node.outputs[0])
  const output = builder.addScratch(product(domain), name)
  builder.addStep({
    output,
    domain,
    reduction: kernel,
    body: Body.Max,
    operands: [input],
    epilogue: instructions,
  })
  builder.bind(
    name,
    channelsLast(
      output,
      batch,
      channels,
      axes.map((axis) => axis.output),
    ),
  )
}
