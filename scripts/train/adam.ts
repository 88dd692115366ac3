import type { Parameter } from "./parameters.ts"

const MEAN_DECAY = 0.9
const SQUARE_DECAY = 0.999
const EPSILON = 1e-8

/** Takes one step down the gradients gathered from a batch, then clears them. */
export type Step = (rate: number, batch: number) => void

/** The Adam optimizer (Kingma and Ba 2015) over a network's parameters. */
export function createAdam(parameters: readonly Parameter[]): Step {
  const states = parameters.map((parameter) => ({
    parameter,
    mean: new Float32Array(parameter.value.length),
    square: new Float32Array(parameter.value.length),
  }))
  let steps = 0

  return (rate, batch) => {
    steps++
    // Both averages start at zero; this undoes their pull towards it.
    const meanScale = 1 / (1 - MEAN_DECAY ** steps)
    const squareScale = 1 / (1 - SQUARE_DECAY ** steps)
    for (const { parameter, mean, square } of states) {
      const { value, gradient } = parameter
      for (let at = 0; at < value.length; at++) {
        const slope = gradient[at] / batch
        mean[at] = MEAN_DECAY * mean[at] + (1 - MEAN_DECAY) * slope
        square[at] = SQUARE_DECAY * square[at] + (1 - SQUARE_DECAY) * slope * slope
        value[at] -= (rate * mean[at] * meanScale) / (Math.sqrt(square[at] * squareScale) + EPSILON)
      }
      gradient.fill(0)
    }
  }
}
