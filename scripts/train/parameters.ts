import type { Random } from "./random.ts"

/** One trained tensor, with the sum of its gradients over the current batch. */
export interface Parameter {
  readonly name: string
  readonly dims: readonly number[]
  readonly value: Float32Array<ArrayBuffer>
  readonly gradient: Float32Array<ArrayBuffer>
}

/** A weight drawn for layers that end in Relu (He et al. 2015): variance 2 / inputs. */
export function createWeight(name: string, dims: readonly number[], random: Random): Parameter {
  const parameter = createBias(name, dims)
  const inputs = dims.slice(1).reduce((product, dim) => product * dim, 1)
  parameter.value.forEach((_, at) => (parameter.value[at] = random.normal(Math.sqrt(2 / inputs))))
  return parameter
}

/** A parameter of zeros. */
export function createBias(name: string, dims: readonly number[]): Parameter {
  const size = dims.reduce((product, dim) => product * dim, 1)
  return { name, dims, value: new Float32Array(size), gradient: new Float32Array(size) }
}
