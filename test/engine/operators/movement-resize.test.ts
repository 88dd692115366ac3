import { seeded } from "../../referee/float32-cases.ts"
import { between, onceIn, pick } from "../program/words.ts"
import { type Attributes, type Grid, Sheet, at, gridOf } from "./movement-sheet.ts"

const SEED = 0x73697a65

/** One axis of a resize, as the reference implementation of ONNX is told it. */
interface Axis {
  readonly input: number
  readonly output: number
  readonly scale: number
  readonly extent: number
}

interface Rules {
  readonly mode: string
  readonly coordinates: string
  readonly nearest: string
  readonly a: number
  readonly antialias: boolean
  readonly exclude: boolean
}

const range = (size: number): number[] => Array.from({ length: size }, (_, i) => i)

function positionOf(mode: string, i: number, { input, output, scale, extent }: Axis): number {
  if (mode === "align_corners") return extent === 1 ? 0 : (i * (input - 1)) / (extent - 1)
  if (mode === "asymmetric") return i / scale
  if (mode === "pytorch_half_pixel" && output === 1) return 0
  const half = (i + 0.5) / scale - 0.5
  return mode === "half_pixel_symmetric" ? half + (input / 2) * (1 - output / extent) : half
}

/** The weights by the distance in front of the position, one formula per tap as the paper has them. */
function weights(ratio: number, scale: number, { mode, a, antialias }: Rules): number[] {
  if (antialias) {
    const reach = mode === "linear" ? 1 : 2
    const first = Math.floor(-reach / scale) + 1
    const all = range(2 - 2 * first).map((i) => {
      const x = Math.abs((i + first - ratio) * scale)
      if (mode === "linear") return Math.max(0, 1 - x)
      if (x <= 1) return (a + 2) * x ** 3 - (a + 3) * x ** 2 + 1
      return x < 2 ? a * x ** 3 - 5 * a * x ** 2 + 8 * a * x - 4 * a : 0
    })
    const sum = all.reduce((total, one) => total + one, 0)
    return all.map((one) => one / sum)
  }
  if (mode === "linear") return [1 - ratio, ratio]
  const far = (x: number) => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
  const near = (x: number) => ((a + 2) * x - (a + 3)) * x * x + 1
  return [far(ratio + 1), near(ratio), near(1 - ratio), far(2 - ratio)]
}

/** One line interpolated at one position. */
function interpolated(line: readonly number[], position: number, axis: Axis, rules: Rules): number {
  const last = line.length - 1
  if (rules.mode === "nearest") {
    const low = Math.floor(position)
    const part = position - low
    const up = {
      round_prefer_floor: part > 0.5,
      round_prefer_ceil: part >= 0.5,
      floor: false,
      ceil: part > 0,
    }
    return line[Math.max(0, Math.min(last, up[rules.nearest as keyof typeof up] ? low + 1 : low))]
  }
  const whole = Math.floor(position)
  const all = weights(position - whole, Math.min(1, axis.scale), rules)
  const first = whole + 1 - all.length / 2
  const kept = all.map((one, i) => (rules.exclude && (first + i < 0 || first + i > last) ? 0 : one))
  const total = rules.exclude ? kept.reduce((sum, one) => sum + one, 0) : 1
  return kept.reduce((sum, one, i) => sum + (one / total) * line[Math.max(0, Math.min(last, first + i))], 0)
}

function resized(x: Grid, axes: readonly Axis[], rules: Rules): Grid {
  return axes.reduce((grid, axis, number) => {
    return gridOf(grid.shape.with(number, axis.output), (place) => {
      const line = range(axis.input).map((i) => at(grid, place.with(number, i)))
      return interpolated(line, positionOf(rules.coordinates, place[number], axis), axis, rules)
    })
  }, x)
}

const COORDINATES = [
  "half_pixel",
  "half_pixel_symmetric",
  "pytorch_half_pixel",
  "align_corners",
  "asymmetric",
]

/** A resize of an image by scales or sizes, with everything chosen at random. */
function round(sheet: Sheet, mode: string): void {
  const { random } = sheet
  const shape = pick(random, [[2, 3, 4, 6], [1, 2, 7, 5], [8, 4], [9]])
  const x = sheet.value("float32", shape)
  const bySizes = onceIn(random, 2)
  const axes = shape.map((input): Axis => {
    const scale = pick(random, [1, 1, 2, 0.5, 0.75, 1.5, 3, 0.25])
    const output = bySizes ? between(random, 1, 2 * input) : Math.max(1, Math.floor(input * scale))
    if (bySizes || Math.floor(input * scale) === 0)
      return { input, output, scale: output / input, extent: output }
    return { input, output, scale, extent: input * scale }
  })
  const isExact = axes.every(({ scale }) => Number.isInteger(scale * 4))
  const sizes = axes.map(({ output }) => output)
  const antialias = mode !== "nearest" && onceIn(random, 3)
  const rules = {
    mode,
    coordinates: pick(random, COORDINATES),
    nearest: pick(random, ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"]),
    a: onceIn(random, 2) ? -0.75 : -0.5,
    antialias,
    exclude: mode === "cubic" && onceIn(random, 2),
  }
  const attributes: Attributes = {
    mode,
    coordinate_transformation_mode: rules.coordinates,
    nearest_mode: rules.nearest,
    cubic_coeff_a: rules.a,
    antialias: Number(antialias),
    exclude_outside: Number(rules.exclude),
  }
  const byScales = !bySizes && isExact
  const given = byScales
    ? axes
    : axes.map((axis) => ({ ...axis, scale: axis.output / axis.input, extent: axis.output }))
  const scales = given.map(({ scale }) => scale)
  const inputs = byScales
    ? [x, undefined, sheet.constant("float32", [shape.length], scales)]
    : [x, undefined, undefined, sheet.ints(...sizes)]
  sheet.output(sheet.node("Resize", inputs, attributes, resized(x, given, rules)))
  sheet.check(mode === "nearest" ? 0 : 1e-5)
}

describe("Resize", () => {
  for (const mode of ["nearest", "linear", "cubic"]) {
    it(`${mode}, as the reference implementation of ONNX computes it`, () => {
      const random = seeded(SEED)
      for (let i = 0; i < 80; i++) round(new Sheet(random, 19), mode)
    })
  }

  const image = (sheet: Sheet) => sheet.input("float32", [1, 1, 2, 2], [1, 2, 3, 4])
  const roi = (sheet: Sheet, ...edges: number[]) => sheet.constant("float32", [edges.length], edges)

  it("extrapolates outside of the region that it crops", () => {
    for (const mode of ["nearest", "linear", "cubic"]) {
      const sheet = new Sheet(seeded(SEED), 18)
      const x = sheet.input("float32", [4], [1, 2, 3, 4])
      const inputs = [x, roi(sheet, 0, 2), undefined, sheet.ints(3)]
      const attributes = {
        mode,
        coordinate_transformation_mode: "tf_crop_and_resize",
        extrapolation_value: 9.5,
      }
      sheet.output(sheet.node("Resize", inputs, attributes, { shape: [3], data: [1, 4, 9.5] }))
      sheet.check(1e-6)
    }
  })

  it("keeps the aspect ratio of its axes", () => {
    for (const [policy, size] of [
      ["not_larger", 3],
      ["not_smaller", 5],
    ] as const) {
      const sheet = new Sheet(seeded(SEED), 18)
      const x = sheet.input("int64", [2, 2, 1], [1, 2, 3, 4])
      const grid = gridOf([size, size, 1], ([h, w]) =>
        at(x, [Math.floor((h * 2) / size), Math.floor((w * 2) / size), 0]),
      )
      const attributes = {
        axes: [1, 0],
        keep_aspect_ratio_policy: policy,
        coordinate_transformation_mode: "asymmetric",
        nearest_mode: "floor",
      }
      sheet.output(sheet.node("Resize", [x, undefined, undefined, sheet.ints(5, 3)], attributes, grid))
      sheet.check()
    }
  })

  it("of integers rounds toward zero", () => {
    const sheet = new Sheet(seeded(SEED), 18)
    const x = sheet.input("uint8", [2], [10, 21])
    const attributes = { mode: "linear" }
    const data = [10, 12, 18, 21]
    sheet.output(
      sheet.node("Resize", [x, undefined, undefined, sheet.ints(4)], attributes, { shape: [4], data }),
    )
    sheet.check()
  })

  it("before it had modes: Resize of opset 10 and Upsample", () => {
    const twice = gridOf([1, 1, 4, 4], ([, , h, w]) => 1 + 2 * Math.floor(h / 2) + Math.floor(w / 2))
    for (const opset of [9, 10] as const) {
      const sheet = new Sheet(seeded(SEED), opset)
      const scales = sheet.constant("float32", [4], [1, 1, 2, 2])
      sheet.output(sheet.node(opset === 9 ? "Upsample" : "Resize", [image(sheet), scales], {}, twice))
      sheet.check()
    }
  })
})
