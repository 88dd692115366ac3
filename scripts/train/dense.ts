/** `output[o] = bias[o] + sum over i of input[i] * weight[o][i]`. */
export function dense(
  input: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
  output: Float32Array,
): void {
  for (let o = 0; o < output.length; o++) {
    let sum = bias[o]
    for (let i = 0, w = o * input.length; i < input.length; i++, w++) sum += input[i] * weight[w]
    output[o] = sum
  }
}

/** Adds to the gradients of weight and bias, and overwrites the gradient of the input. */
export function denseBackward(
  input: Float32Array,
  weight: Float32Array,
  outputGradient: Float32Array,
  gradients: { readonly weight: Float32Array; readonly bias: Float32Array; readonly input: Float32Array },
): void {
  gradients.input.fill(0)
  for (let o = 0; o < outputGradient.length; o++) {
    const g = outputGradient[o]
    if (g === 0) continue
    gradients.bias[o] += g
    for (let i = 0, w = o * input.length; i < input.length; i++, w++) {
      gradients.weight[w] += g * input[i]
      gradients.input[i] += g * weight[w]
    }
  }
}

/** Overwrites the gradient with zero where Relu gave zero. */
export function reluBackward(activation: Float32Array, gradient: Float32Array): void {
  for (let at = 0; at < activation.length; at++) if (activation[at] <= 0) gradient[at] = 0
}
