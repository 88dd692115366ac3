import { product } from "../../../../../src/engine/program/view.ts"
import { between, float, int, ints, listOf, onceIn, pick, string, tensor } from "../draw.ts"
import { isImage, pointwise, weights, type Layer } from "./layer.ts"

const conv: Layer = (site) => {
  const { random, maker, x } = site
  if (!isImage(site)) return undefined
  const [, channels, ...spatial] = x.dims
  const groups = onceIn(random, 3) ? channels : 1
  const kernel = spatial.map((size) => (size > 1 && onceIn(random, 2) ? 2 : 1))
  const out = groups * between(random, 1, 2)
  const pads = [...kernel.map(() => 0), ...kernel.map((size) => size - 1)]
  const inputs = [x.name, weights(site, [out, channels / groups, ...kernel])]
  if (onceIn(random, 2)) inputs.push(weights(site, [out]))
  return [maker.node("Conv", inputs, { group: int(groups), pads: ints(pads) })]
}

const convTranspose: Layer = (site) => {
  const { random, maker, x } = site
  if (!isImage(site) || product(x.dims) > 100) return undefined
  const kernel = x.dims.slice(2).map(() => between(random, 1, 2))
  return [
    maker.node("ConvTranspose", [x.name, weights(site, [x.dims[1], 2, ...kernel])], {
      strides: ints(kernel),
    }),
  ]
}

const pool: Layer = (site) => {
  const { random, maker, x } = site
  if (!isImage(site)) return undefined
  const kernel = x.dims.slice(2).map((size) => Math.min(size, between(random, 1, 2)))
  const name = pick(random, ["MaxPool", "AveragePool"])
  return [maker.node(name, [x.name], { kernel_shape: ints(kernel), strides: ints(kernel) })]
}

const globalPool: Layer = (site) =>
  isImage(site) ? pointwise("GlobalAveragePool", "GlobalMaxPool")(site) : undefined

const batchNormalization: Layer = (site) => {
  const { maker, x } = site
  if (x.dims.length < 2) return undefined
  const own = [x.dims[1]]
  const numbers = listOf(3, () => weights(site, own))
  return [maker.node("BatchNormalization", [x.name, ...numbers, weights(site, own, 0.5, 2)])]
}

const instanceNormalization: Layer = (site) => {
  const { maker, x } = site
  if (!isImage(site)) return undefined
  const own = [x.dims[1]]
  return [
    maker.node("InstanceNormalization", [x.name, weights(site, own), weights(site, own)], {
      epsilon: float(0.1),
    }),
  ]
}

const resize: Layer = ({ random, maker, x }) => {
  if (x.dims.length !== 4 || product(x.dims) > 150) return undefined
  const scales = maker.constant(tensor("float32", [4], [1, 1, 2, 2]))
  const mode = pick(random, ["nearest", "linear"])
  const rules = {
    mode: string(mode),
    coordinate_transformation_mode: string("asymmetric"),
    nearest_mode: string("floor"),
  }
  return [maker.node("Resize", [x.name, "", scales], rules)]
}

/** Layers of images, of which the second axis are channels. */
export const IMAGE_LAYERS: readonly Layer[] = [
  conv,
  conv,
  convTranspose,
  pool,
  globalPool,
  batchNormalization,
  instanceNormalization,
  resize,
]
