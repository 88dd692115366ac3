import { InferenceSession, Tensor, env } from "onnxruntime-web"

// One thread needs no workers, which would keep the test process alive.
env.wasm.numThreads = 1

/** A function that reads a digit's picture with onnxruntime and returns the ten probabilities. */
export async function openDigitModel(
  file: Uint8Array,
): Promise<(pixels: Float32Array) => Promise<Float32Array>> {
  const session = await InferenceSession.create(file)
  return async (pixels) => {
    const image = new Tensor("float32", pixels, [1, 1, 28, 28])
    const { probabilities } = await session.run({ image })
    return probabilities.data as Float32Array
  }
}
