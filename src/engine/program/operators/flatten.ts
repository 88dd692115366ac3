import { intAttribute } from "../../onnx/attributes.ts"
import type { OnnxNode } from "../../onnx/graph.ts"
import { type Builder, unsupported } from "../builder.ts"

/** Flatten moves no data: the digits of several axes become the digits of one. */
export function lowerFlatten(builder: Builder, node: OnnxNode): void {
  const x = builder.view(node, 0)
  const rank = x.axes.length
  const declared = intAttribute(node, "axis", 1)
  const axis = declared < 0 ? declared + rank : declared
  if (axis < 0 || axis > rank) throw unsupported(node, `axis ${declared} is not one of rank ${rank}`)
  const axes = [x.axes.slice(0, axis).flat(), x.axes.slice(axis).flat()]
  builder.bind(node.outputs[0], { tensor: x.tensor, axes })
}
