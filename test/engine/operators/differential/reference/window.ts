import type { OnnxTensor } from "../../../../../src/engine/onnx/graph.ts"
import { product, rowMajor } from "../../../../../src/engine/program/view.ts"
import type { Spec } from "../spec.ts"
import { arrayOf, at, build, coordinatesOf, range, sum, tensorOf } from "./array.ts"
import { floatOf, intOf, intsOf, stringOf } from "./attributes.ts"

/** ConvTranspose from the side of the input: every element is spread over the positions that its kernel reaches. */
export function convTransposeReference(spec: Spec): OnnxTensor[] {
  const [x, w] = [arrayOf(spec.inputs[0]!), arrayOf(spec.inputs[1]!)]
  const bias = spec.inputs[2] && arrayOf(spec.inputs[2])
  const [batch, channels, ...input] = x.dims
  const [, perGroup, ...kernel] = w.dims
  const groups = intOf(spec, "group", 1)
  const ones = kernel.map(() => 1)
  const strides = intsOf(spec, "strides") ?? ones
  const dilations = intsOf(spec, "dilations") ?? ones
  const extra = intsOf(spec, "output_padding") ?? kernel.map(() => 0)
  const pads = intsOf(spec, "pads") ?? [...kernel, ...kernel].map(() => 0)
  const wanted = intsOf(spec, "output_shape")
  const rule = stringOf(spec, "auto_pad", "NOTSET")
  const reach = kernel.map(
    (size, i) => strides[i] * (input[i] - 1) + extra[i] + (size - 1) * dilations[i] + 1,
  )
  const sides = kernel.map((_, i) => {
    if (!wanted && rule === "NOTSET")
      return { front: pads[i], size: reach[i] - pads[i] - pads[i + kernel.length] }
    const size = wanted?.[i] ?? (rule === "VALID" ? reach[i] : input[i] * strides[i])
    const all = Math.max(0, reach[i] - size)
    return { front: rule === "SAME_UPPER" ? Math.floor(all / 2) : all - Math.floor(all / 2), size }
  })
  const dims = [batch, perGroup * groups, ...sides.map((side) => side.size)]
  const places = rowMajor(dims)
  const numbers = new Array<number>(product(dims)).fill(0)
  const own = channels / groups
  for (const [n, c, ...from] of coordinatesOf(x.dims)) {
    const group = Math.floor(c / own)
    for (const [m, ...tap] of coordinatesOf([perGroup, ...kernel])) {
      const to = from.map((one, i) => one * strides[i] + tap[i] * dilations[i] - sides[i].front)
      if (to.some((one, i) => one < 0 || one >= sides[i].size)) continue
      const place = [n, group * perGroup + m, ...to].reduce((sum, one, i) => sum + one * places[i], 0)
      numbers[place] += at(x, [n, c, ...from]) * at(w, [c, m, ...tap])
    }
  }
  const biased = build(dims, (to) => (bias ? bias.numbers[to[1]] : 0))
  return [tensorOf({ dims, numbers: numbers.map((one, i) => one + biased.numbers[i]) })]
}

/** LRN: fewer of the channels around one are in front of it than behind. */
export function lrnReference(spec: Spec): OnnxTensor[] {
  const x = arrayOf(spec.inputs[0]!)
  const size = intOf(spec, "size", 0)
  const [alpha, beta, bias] = [
    floatOf(spec, "alpha", 1e-4),
    floatOf(spec, "beta", 0.75),
    floatOf(spec, "bias", 1),
  ]
  const y = build(x.dims, ([n, c, ...place]) => {
    const around = range(size).map((i) => c + i - Math.floor((size - 1) / 2))
    const inside = around.filter((one) => one >= 0 && one < x.dims[1])
    const squares = sum(inside.map((one) => at(x, [n, one, ...place]) ** 2))
    return at(x, [n, c, ...place]) / (bias + (alpha / size) * squares) ** beta
  })
  return [tensorOf(y)]
}

/** GlobalLpPool: the p-norm of each channel. */
export function globalLpPoolReference(spec: Spec): OnnxTensor[] {
  const x = arrayOf(spec.inputs[0]!)
  const p = intOf(spec, "p", 2)
  const spatial = x.dims.slice(2)
  const norms = build([...x.dims.slice(0, 2), ...spatial.map(() => 1)], ([n, c]) => {
    const sum = coordinatesOf(spatial).reduce((all, place) => all + Math.abs(at(x, [n, c, ...place])) ** p, 0)
    return sum ** (1 / p)
  })
  return [tensorOf(norms)]
}
