import { Body, Op, Source } from "../../../protocol/program.ts"
import { intAttribute } from "../../onnx/attributes.ts"
import type { OnnxNode } from "../../onnx/graph.ts"
import { type Builder, plain, unsupported } from "../builder.ts"
import { product, rowMajor, shapeOf, viewOf } from "../view.ts"

/**
 * Softmax in four steps, each a tensor of its own, so that no element needs more than one axis opened:
 * m = max(x), e = exp(x - m), s = sum(e), e / s.
 */
export function lowerSoftmax(builder: Builder, node: OnnxNode): void {
  const x = builder.view(node, 0)
  const shape = shapeOf(x)
  const declared = intAttribute(node, "axis", builder.graph.opset < 13 ? 1 : -1)
  const first = declared < 0 ? declared + shape.length : declared
  if (first < 0 || first >= shape.length)
    throw unsupported(node, `axis ${declared} is not one of rank ${shape.length}`)
  // Before opset 13 the normalised axes are all from `axis` on.
  const isInner = (axis: number) => (builder.graph.opset < 13 ? axis >= first : axis === first)
  const outer = x.axes.flatMap((digits, axis) => (isInner(axis) ? [] : digits))
  const inner = x.axes.flatMap((digits, axis) => (isInner(axis) ? digits : []))
  const rows = outer.map((digit) => digit.size)
  const columns = inner.map((digit) => digit.size)
  const loops = x.axes.flat()
  const domain = loops.map((digit) => digit.size)

  // Reads of the input and of the exponentials: once by row and column, once in the value's own order.
  const byRow = plain(
    x.tensor,
    [...outer, ...inner].map((digit) => digit.stride),
  )
  const own = plain(
    x.tensor,
    loops.map((digit) => digit.stride),
  )
  const ownStrides = rowMajor(domain)
  const place = (digits: typeof loops) => digits.map((digit) => ownStrides[loops.indexOf(digit)])
  const rowStrides = rowMajor(rows)
  const rowOf = loops.map((digit) => (outer.includes(digit) ? rowStrides[outer.indexOf(digit)] : 0))

  const name = node.outputs[0]
  const max = builder.addScratch(product(rows), `${name}/max`)
  builder.addStep({
    output: max,
    domain: rows,
    reduction: columns,
    body: Body.Max,
    operands: [byRow],
    epilogue: [],
  })

  const exps = builder.addScratch(product(domain), `${name}/exp`)
  builder.addStep({
    output: exps,
    domain,
    reduction: [],
    body: Body.Read,
    operands: [own, plain(max, rowOf)],
    epilogue: [
      { op: Op.Sub, source: Source.Operand, value: 1 },
      { op: Op.Exp, source: Source.None, value: 0 },
    ],
  })

  const sum = builder.addScratch(product(rows), `${name}/sum`)
  const expsByRow = plain(exps, place([...outer, ...inner]))
  builder.addStep({
    output: sum,
    domain: rows,
    reduction: columns,
    body: Body.Sum,
    operands: [expsByRow],
    epilogue: [],
  })

  const output = builder.addResult(name, product(domain))
  builder.addStep({
    output,
    domain,
    reduction: [],
    body: Body.Read,
    operands: [plain(exps, ownStrides), plain(sum, rowOf)],
    epilogue: [{ op: Op.Div, source: Source.Operand, value: 1 }],
  })
  builder.bind(name, viewOf(output, shape))
}
