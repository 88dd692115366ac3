/**
 * Relu followed by 2x2 maximum pooling with stride 2, over channel planes of an even side.
 *
 * `winners` receives, for every output, the position of the input it came from, or -1 where Relu made it
 * zero: that is all that the way back needs.
 */
export function reluPool(
  input: Float32Array,
  channels: number,
  side: number,
  output: Float32Array,
  winners: Int32Array,
): void {
  const half = side / 2
  let out = 0
  for (let row = 0; row < channels * half; row++) {
    for (let column = 0; column < half; column++, out++) {
      const top = 2 * row * side + 2 * column
      let best = top
      if (input[top + 1] > input[best]) best = top + 1
      if (input[top + side] > input[best]) best = top + side
      if (input[top + side + 1] > input[best]) best = top + side + 1
      const alive = input[best] > 0
      output[out] = alive ? input[best] : 0
      winners[out] = alive ? best : -1
    }
  }
}

/** Sends every output's gradient to the input that won, and zero to the others. */
export function reluPoolBackward(
  outputGradient: Float32Array,
  winners: Int32Array,
  inputGradient: Float32Array,
): void {
  inputGradient.fill(0)
  for (let out = 0; out < winners.length; out++) {
    if (winners[out] >= 0) inputGradient[winners[out]] = outputGradient[out]
  }
}
