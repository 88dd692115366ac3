import { convolve, convolveBackward, pad, type Convolution } from "./convolution.ts"
import { dense, denseBackward, reluBackward } from "./dense.ts"
import { createBias, createWeight, type Parameter } from "./parameters.ts"
import { reluPool, reluPoolBackward } from "./pooling.ts"
import type { Random } from "./random.ts"
import { softmax, softmaxLoss } from "./softmax.ts"

const FIRST: Convolution = { inputs: 1, outputs: 8, side: 28 }
const SECOND: Convolution = { inputs: 8, outputs: 16, side: 14 }
const FEATURES = 16 * 7 * 7
const HIDDEN = 32
const CLASSES = 10

/** Zeroed memory for one layer's values, or their gradients. */
const area = (channels: number, side: number) => new Float32Array(channels * side * side)

/**
 * The digit reader: two convolutions with pooling, then two dense layers.
 *
 * It looks at one picture at a time and keeps what it saw until the next, which is what the way back reads.
 */
export class Network {
  readonly weights: Readonly<Record<"conv1" | "conv2" | "dense1" | "dense2", Parameter>>
  readonly biases: Readonly<Record<"conv1" | "conv2" | "dense1" | "dense2", Parameter>>

  readonly #padded1 = area(1, 30)
  readonly #conv1 = area(8, 28)
  readonly #pool1 = area(8, 14)
  readonly #winners1 = new Int32Array(8 * 14 * 14)
  readonly #padded2 = area(8, 16)
  readonly #conv2 = area(16, 14)
  readonly #features = new Float32Array(FEATURES)
  readonly #winners2 = new Int32Array(FEATURES)
  readonly #hidden = new Float32Array(HIDDEN)
  readonly #logits = new Float32Array(CLASSES)

  readonly #logitsGradient = new Float32Array(CLASSES)
  readonly #hiddenGradient = new Float32Array(HIDDEN)
  readonly #featuresGradient = new Float32Array(FEATURES)
  readonly #conv2Gradient = area(16, 14)
  readonly #padded2Gradient = area(8, 16)
  readonly #pool1Gradient = area(8, 14)
  readonly #conv1Gradient = area(8, 28)

  constructor(random: Random) {
    this.weights = {
      conv1: createWeight("conv1.weight", [8, 1, 3, 3], random),
      conv2: createWeight("conv2.weight", [16, 8, 3, 3], random),
      dense1: createWeight("dense1.weight", [HIDDEN, FEATURES], random),
      dense2: createWeight("dense2.weight", [CLASSES, HIDDEN], random),
    }
    this.biases = {
      conv1: createBias("conv1.bias", [8]),
      conv2: createBias("conv2.bias", [16]),
      dense1: createBias("dense1.bias", [HIDDEN]),
      dense2: createBias("dense2.bias", [CLASSES]),
    }
  }

  /** Every trained tensor, always in the same order. */
  get parameters(): Parameter[] {
    return [...Object.values(this.weights), ...Object.values(this.biases)]
  }

  /** The probability of each digit. */
  read(pixels: Float32Array): Float32Array {
    this.#forward(pixels)
    return softmax(this.#logits)
  }

  /** Adds the gradients of one example, and returns its loss. `smoothing` is spread over all digits. */
  learn(pixels: Float32Array, label: number, smoothing: number): number {
    this.#forward(pixels)
    const loss = softmaxLoss(this.#logits, label, smoothing, this.#logitsGradient)
    this.#backward()
    return loss
  }

  #forward(pixels: Float32Array): void {
    const { weights, biases } = this
    pad(pixels, 1, 28, this.#padded1)
    convolve(FIRST, this.#padded1, weights.conv1.value, biases.conv1.value, this.#conv1)
    reluPool(this.#conv1, 8, 28, this.#pool1, this.#winners1)
    pad(this.#pool1, 8, 14, this.#padded2)
    convolve(SECOND, this.#padded2, weights.conv2.value, biases.conv2.value, this.#conv2)
    reluPool(this.#conv2, 16, 14, this.#features, this.#winners2)
    dense(this.#features, weights.dense1.value, biases.dense1.value, this.#hidden)
    this.#hidden.forEach((value, at) => (this.#hidden[at] = Math.max(0, value)))
    dense(this.#hidden, weights.dense2.value, biases.dense2.value, this.#logits)
  }

  #backward(): void {
    const { weights, biases } = this
    denseBackward(this.#hidden, weights.dense2.value, this.#logitsGradient, {
      weight: weights.dense2.gradient,
      bias: biases.dense2.gradient,
      input: this.#hiddenGradient,
    })
    reluBackward(this.#hidden, this.#hiddenGradient)
    denseBackward(this.#features, weights.dense1.value, this.#hiddenGradient, {
      weight: weights.dense1.gradient,
      bias: biases.dense1.gradient,
      input: this.#featuresGradient,
    })
    reluPoolBackward(this.#featuresGradient, this.#winners2, this.#conv2Gradient)
    this.#padded2Gradient.fill(0)
    convolveBackward(SECOND, this.#padded2, weights.conv2.value, this.#conv2Gradient, {
      weight: weights.conv2.gradient,
      bias: biases.conv2.gradient,
      padded: this.#padded2Gradient,
    })
    unpad(this.#padded2Gradient, 8, 14, this.#pool1Gradient)
    reluPoolBackward(this.#pool1Gradient, this.#winners1, this.#conv1Gradient)
    convolveBackward(FIRST, this.#padded1, weights.conv1.value, this.#conv1Gradient, {
      weight: weights.conv1.gradient,
      bias: biases.conv1.gradient,
    })
  }
}

/** The way back of {@link pad}: drops the border. */
function unpad(padded: Float32Array, channels: number, side: number, target: Float32Array): void {
  const wide = side + 2
  for (let row = 0; row < channels * side; row++) {
    const channel = Math.floor(row / side)
    const start = channel * wide * wide + (row - channel * side + 1) * wide + 1
    target.set(padded.subarray(start, start + side), row * side)
  }
}
