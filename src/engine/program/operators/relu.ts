import { Body } from "../../../protocol/program.ts"
import type { OnnxNode } from "../../onnx/graph.ts"
import { type Builder, plain } from "../builder.ts"
import { RELU } from "../fuse.ts"
import { product, restride, storageOrder } from "../view.ts"

/** Relu that could not be fused into the step before it: element by element, in storage order. */
export function lowerRelu(builder: Builder, node: OnnxNode): void {
  const x = builder.view(node, 0)
  const loops = storageOrder(x)
  const domain = loops.map((digit) => digit.size)
  const output = builder.addScratch(product(domain), node.outputs[0])
  const operands = [
    plain(
      x.tensor,
      loops.map((digit) => digit.stride),
    ),
  ]
  builder.addStep({ output, domain, reduction: [], body: Body.Read, operands, epilogue: [RELU] })
  builder.bind(node.outputs[0], restride(x, loops, output))
}
