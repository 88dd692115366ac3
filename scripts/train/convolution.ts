/** A 3x3 convolution over square pictures, stride 1, padded with one row of zeros on every side. */
export interface Convolution {
  readonly inputs: number
  readonly outputs: number
  /** Side of the picture, the same before and after. */
  readonly side: number
}

/**
 * Copies channel planes into planes with a border of zeros, so that the loops below need no bounds.
 * The border of `padded` must be zero already.
 */
export function pad(source: Float32Array, channels: number, side: number, padded: Float32Array): void {
  const wide = side + 2
  for (let row = 0; row < channels * side; row++) {
    const channel = Math.floor(row / side)
    const start = channel * wide * wide + (row - channel * side + 1) * wide + 1
    padded.set(source.subarray(row * side, (row + 1) * side), start)
  }
}

/** `output[o] = bias[o] + sum over i of input[i] * weight[o][i]`, with `padded` from {@link pad}. */
export function convolve(
  { inputs, outputs, side }: Convolution,
  padded: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
  output: Float32Array,
): void {
  const wide = side + 2
  const area = side * side
  for (let o = 0; o < outputs; o++) {
    const to = o * area
    output.fill(bias[o], to, to + area)
    for (let i = 0; i < inputs; i++) {
      const w = (o * inputs + i) * 9
      const [w0, w1, w2] = [weight[w], weight[w + 1], weight[w + 2]]
      const [w3, w4, w5] = [weight[w + 3], weight[w + 4], weight[w + 5]]
      const [w6, w7, w8] = [weight[w + 6], weight[w + 7], weight[w + 8]]
      for (let y = 0; y < side; y++) {
        let a = i * wide * wide + y * wide
        let out = to + y * side
        for (let x = 0; x < side; x++, a++, out++) {
          const b = a + wide
          const c = b + wide
          output[out] +=
            w0 * padded[a] +
            w1 * padded[a + 1] +
            w2 * padded[a + 2] +
            w3 * padded[b] +
            w4 * padded[b + 1] +
            w5 * padded[b + 2] +
            w6 * padded[c] +
            w7 * padded[c + 1] +
            w8 * padded[c + 2]
        }
      }
    }
  }
}

/** Where the gradients of a convolution are added. */
export interface ConvolutionGradients {
  readonly weight: Float32Array
  readonly bias: Float32Array
  /** Of the padded input; left out for the first layer, whose input nobody learns. */
  readonly padded?: Float32Array
}

/**
 * Adds the gradients that follow from the output's gradient. After pooling and Relu most of that is zero,
 * so the loop goes over what is not.
 */
export function convolveBackward(
  { inputs, outputs, side }: Convolution,
  padded: Float32Array,
  weight: Float32Array,
  outputGradient: Float32Array,
  gradients: ConvolutionGradients,
): void {
  const wide = side + 2
  const into = gradients.padded
  for (let o = 0; o < outputs; o++) {
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const g = outputGradient[(o * side + y) * side + x]
        if (g === 0) continue
        gradients.bias[o] += g
        for (let i = 0; i < inputs; i++) {
          const w = (o * inputs + i) * 9
          const from = i * wide * wide + y * wide + x
          for (let k = 0, at = from; k < 9; k += 3, at += wide) {
            gradients.weight[w + k] += g * padded[at]
            gradients.weight[w + k + 1] += g * padded[at + 1]
            gradients.weight[w + k + 2] += g * padded[at + 2]
          }
          if (into === undefined) continue
          for (let k = 0, at = from; k < 9; k += 3, at += wide) {
            into[at] += g * weight[w + k]
            into[at + 1] += g * weight[w + k + 1]
            into[at + 2] += g * weight[w + k + 2]
          }
        }
      }
    }
  }
}
