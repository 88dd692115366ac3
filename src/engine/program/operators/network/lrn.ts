import { Body, ElementType } from "../../../../protocol/program.ts"
import type { Builder } from "../../builder.ts"
import type { NodeContext } from "../../node.ts"
import { powConstant } from "../../scalar/pow.ts"
import type { LoopAccess, Value } from "../../value.ts"

/** LRN of float32 values: x / (bias + alpha / size * sum of squares of the `size` channels around it) ^ beta. */
export function lowerLrn(node: NodeContext): Value[] {
  const { builder } = node
  const x = node.requireType(0, ElementType.Float32)
  if (x.shape.length < 2) node.fail(`the input has the shape [${x.shape}], without channels`)
  const size = node.int("size") ?? node.fail("size is missing")
  if (size < 1) node.fail(`size is ${size}`)
  const factor = Math.fround(node.float("alpha", 1e-4) / size)
  const [bias, beta] = [node.float("bias", 1), node.float("beta", 0.75)]
  const result = builder.map([squaresAround(builder, x, size), x], (e, [sum, x]) => {
    const base = e.add(e.float(bias), e.mul(e.float(factor), sum))
    const root = e.sqrt(base)
    return e.div(x, beta === 0.75 ? e.mul(root, e.sqrt(root)) : powConstant(e, base, beta))
  })
  return [result]
}

/** The sum of the squares of `size` neighbouring channels, of which fewer are before than after the middle. */
function squaresAround(builder: Builder, x: Value, size: number): Value {
  const { source, layout } = builder.stored(x)
  const digits = layout.axes.map((list) => list.map((digit) => digit))
  const single = digits[1].length <= 1
  if (!single) return squaresAround(builder, builder.arranged(x, [...x.shape.keys()]), size)
  const channel = digits[1][0] ?? { size: 1, stride: 0 }
  digits[1] = [channel]
  const domain = digits.flat().sort((a, b) => Math.abs(b.stride) - Math.abs(a.stride))
  const place = domain.indexOf(channel)
  const front = Math.floor((size - 1) / 2)
  const window: LoopAccess = {
    source,
    base: layout.base - front * channel.stride,
    strides: [...domain.map((digit) => digit.stride), channel.stride],
    guards: [
      {
        coefficients: [...domain.map((_, loop) => Number(loop === place)), 1],
        offset: -front,
        size: x.shape[1],
      },
    ],
    lookups: [],
  }
  return builder.reduce(x.type, x.shape, {
    body: Body.Dot,
    mode: 0,
    domain: domain.map((digit) => digit.size),
    reduction: [size],
    axes: digits.map((list) => list.map((digit) => domain.indexOf(digit))),
    operands: [window, window],
  })
}
