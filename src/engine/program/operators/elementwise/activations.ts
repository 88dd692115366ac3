import type { Lowering, NodeContext } from "../../node.ts"
import { hardSigmoid, leakyRelu, prelu, shrink, thresholdedRelu } from "../../scalar/activation.ts"
import { gelu, geluTanh } from "../../scalar/erf.ts"
import { celu, elu, selu } from "../../scalar/expm1.ts"
import { swish } from "../../scalar/sigmoid.ts"
import type { Emitter, Register } from "../../scalar/emitter.ts"
import { pointwise } from "./pointwise.ts"
import { FLOAT, SIGNED } from "./types.ts"

/** A function of one number and some attributes: their names with the values that ONNX gives them. */
function parametric<const D extends readonly (readonly [name: string, fallback: number])[]>(
  defaults: D,
  make: (e: Emitter, x: Register, ...parameters: { [K in keyof D]: number }) => Register,
): Lowering {
  return (node) => {
    const parameters = defaults.map(([name, fallback]) => node.float(name, fallback))
    return pointwise(node, 1, FLOAT, (e, x) => make(e, x, ...(parameters as { [K in keyof D]: number })))
  }
}

const lowerGelu: Lowering = (node) => {
  const approximate = node.string("approximate", "none")
  if (approximate === "none") return pointwise(node, 1, FLOAT, gelu)
  if (approximate === "tanh") return pointwise(node, 1, FLOAT, geluTanh)
  return node.fail(`approximate is ${approximate} instead of none or tanh`)
}

/** PRelu, whose slopes broadcast to the shape of the first input. */
const lowerPRelu: Lowering = (node) => {
  const [result] = pointwise(node, 2, SIGNED, prelu)
  requireShape(node, result.shape, `slopes of shape [${node.input(1).shape}]`)
  return [result]
}

/** SwiGLU: swish(a) * b, of the same shape. */
const lowerSwiGlu: Lowering = (node) => {
  const alpha = node.float("alpha", 1)
  requireShape(node, node.input(1).shape, `a second input of shape [${node.input(1).shape}]`)
  return pointwise(node, 2, FLOAT, (e, a, b) => e.mul(swish(e, a, alpha), b))
}

function requireShape(node: NodeContext, shape: readonly number[], what: string): void {
  const wanted = node.input(0).shape
  if (String(shape) !== String(wanted)) node.fail(`${what} do not fit an input of shape [${wanted}]`)
}

/** Activations with parameters. */
export const ACTIVATIONS: Readonly<Record<string, Lowering>> = {
  Celu: parametric([["alpha", 1]], celu),
  Elu: parametric([["alpha", 1]], elu),
  Gelu: lowerGelu,
  HardSigmoid: parametric(
    [
      ["alpha", 0.2],
      ["beta", 0.5],
    ],
    hardSigmoid,
  ),
  LeakyRelu: parametric([["alpha", 0.01]], leakyRelu),
  PRelu: lowerPRelu,
  Selu: parametric(
    [
      ["alpha", 1.67326319217681884765625],
      ["gamma", 1.05070102214813232421875],
    ],
    selu,
  ),
  Shrink: parametric(
    [
      ["bias", 0],
      ["lambd", 0.5],
    ],
    shrink,
  ),
  SwiGLU: lowerSwiGlu,
  Swish: parametric([["alpha", 1]], swish),
  ThresholdedRelu: parametric([["alpha", 1]], thresholdedRelu),
}
