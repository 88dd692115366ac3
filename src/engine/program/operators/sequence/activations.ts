import type { NodeContext } from "../../node.ts"
import type { Emitter, Register } from "../../scalar/emitter.ts"
import { hardSigmoid, leakyRelu, softsign, thresholdedRelu } from "../../scalar/activation.ts"
import { elu } from "../../scalar/expm1.ts"
import { sigmoid } from "../../scalar/sigmoid.ts"
import { softplus } from "../../scalar/softplus.ts"
import { scaledTanh, tanh } from "../../scalar/tanh.ts"

/** A function of one register. */
export type Activation = (e: Emitter, x: Register) => Register

type Parametric = (e: Emitter, x: Register, alpha: number, beta: number) => Register

/** The activations of recurrent layers with the defaults of alpha and beta. */
const ACTIVATIONS: Readonly<Record<string, { alpha?: number; beta?: number; make: Parametric }>> = {
  relu: { make: (e, x) => e.max(x, e.float(0)) },
  tanh: { make: tanh },
  sigmoid: { make: sigmoid },
  affine: { alpha: 1, beta: 0, make: (e, x, alpha, beta) => e.add(e.mul(x, e.float(alpha)), e.float(beta)) },
  leakyrelu: { alpha: 0.01, make: leakyRelu },
  thresholdedrelu: { alpha: 1, make: thresholdedRelu },
  scaledtanh: { alpha: 1, beta: 1, make: scaledTanh },
  hardsigmoid: { alpha: 0.2, beta: 0.5, make: hardSigmoid },
  elu: { alpha: 1, make: elu },
  softsign: { make: softsign },
  softplus: { make: softplus },
}

/**
 * Reads `activations`, `activation_alpha` and `activation_beta`: the parameters are given in the order of the
 * functions that have one.
 */
export function activationsOf(
  node: NodeContext,
  defaults: readonly string[],
  directions: number,
): Activation[][] {
  const names = node.strings("activations") ?? Array.from({ length: directions }, () => defaults).flat()
  if (names.length !== defaults.length * directions) {
    node.fail(`activations lists ${names.length} functions; ${defaults.length * directions} are needed`)
  }
  const alphas = [...(node.floats("activation_alpha") ?? [])]
  const betas = [...(node.floats("activation_beta") ?? [])]
  const all = names.map((name): Activation => {
    const key = name.toLowerCase()
    if (!Object.hasOwn(ACTIVATIONS, key)) node.fail(`the activation "${name}" is unknown`)
    const entry = ACTIVATIONS[key]
    const alpha = entry.alpha === undefined ? 0 : (alphas.shift() ?? entry.alpha)
    const beta = entry.beta === undefined ? 0 : (betas.shift() ?? entry.beta)
    return (e, x) => entry.make(e, x, alpha, beta)
  })
  return Array.from({ length: directions }, (_, d) =>
    all.slice(d * defaults.length, (d + 1) * defaults.length),
  )
}
