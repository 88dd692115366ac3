import { ElementType } from "../../../../protocol/program.ts"
import { bytesOf } from "../../../executor.ts"
import type { Builder } from "../../builder.ts"
import { requirePositions } from "../../limits.ts"
import type { NodeContext } from "../../node.ts"
import type { Value } from "../../value.ts"
import { NONE, pick } from "./pick.ts"
import { type ResizeAxis, resizeAxes } from "./resize-axes.ts"
import { MODES, type CoordinateMode, NEAREST, type Rounding, coordinate } from "./resize-coordinates.ts"
import { interpolate } from "./resize-interpolate.ts"
import { type Kernel, type Taps, tapsOf } from "./resize-taps.ts"

/** How a Resize maps positions of its result to its input, and what it makes of the elements there. */
interface Rules {
  readonly mode: "nearest" | "linear" | "cubic"
  readonly coordinates: CoordinateMode
  readonly nearest: Rounding
  readonly kernel: Kernel
  /** Stands where tf_crop_and_resize looks outside of the input. */
  readonly extrapolation: number
}

/** Resize of any number of axes by nearest elements or by linear or cubic interpolation. */
export function lowerResize(node: NodeContext): Value[] {
  const x = node.input(0)
  if (node.opset < 11) return [resize(node, x, resizeAxes(node, x.shape, { scales: 1 }), oldRules(node))]
  return [resize(node, x, resizeAxes(node, x.shape, { roi: 1, scales: 2, sizes: 3 }), rulesOf(node))]
}

/** Upsample: what Resize was before it could do more. */
export function lowerUpsample(node: NodeContext): Value[] {
  const x = node.input(0)
  const axes = resizeAxes(node, x.shape, node.opset < 9 ? {} : { scales: 1 })
  return [resize(node, x, axes, oldRules(node))]
}

function rulesOf(node: NodeContext): Rules {
  const name = node.string("coordinate_transformation_mode", "half_pixel")
  const nearest = node.string("nearest_mode", "round_prefer_floor")
  const mode = modeOf(node)
  return {
    mode,
    coordinates:
      MODES.find((one) => one === name) ?? node.fail(`coordinate_transformation_mode "${name}" is unknown`),
    nearest: NEAREST.get(nearest) ?? node.fail(`nearest_mode "${nearest}" is unknown`),
    kernel: {
      cubic: mode === "cubic" ? node.float("cubic_coeff_a", -0.75) : undefined,
      excludeOutside: node.int("exclude_outside", 0) !== 0,
      antialias: node.int("antialias", 0) !== 0,
    },
    extrapolation: node.float("extrapolation_value", 0),
  }
}

/** Before opset 11 a position was divided by the scale, and rounded down when growing, up when shrinking. */
function oldRules(node: NodeContext): Rules {
  const nearest: Rounding = (position, scale) => (scale < 1 ? Math.ceil(position) : Math.floor(position))
  const kernel = { cubic: undefined, excludeOutside: false, antialias: false }
  return { mode: modeOf(node), coordinates: "asymmetric", nearest, kernel, extrapolation: 0 }
}

function modeOf(node: NodeContext): Rules["mode"] {
  const mode = node.string("mode", "nearest")
  const isKnown = mode === "nearest" || mode === "linear" || (mode === "cubic" && node.opset >= 11)
  return isKnown ? mode : node.fail(`mode "${mode}" is unknown`)
}

function resize(node: NodeContext, x: Value, axes: readonly ResizeAxis[], rules: Rules): Value {
  const { builder } = node
  const shape = x.shape.map((size, axis) => axes.find((one) => one.axis === axis)?.output ?? size)
  const empty = axes.find(({ input, output }) => input === 0 && output > 0)
  if (empty) node.fail(`axis ${empty.axis} has no elements`)
  if (axes.length === 0) return x
  if (shape.includes(0)) return builder.fill(x.type, shape, 0n)
  const positions = (axis: ResizeAxis) =>
    Array.from({ length: requirePositions(axis.output) }, (_, i) => coordinate(rules.coordinates, i, axis))
  if (rules.mode === "nearest") {
    const picks = axes.map((axis) => {
      const place = (position: number | undefined) =>
        position === undefined ? NONE : clamp(rules.nearest(position, axis.scale), axis.input)
      return [axis.axis, positions(axis).map(place)] as const
    })
    const isWhole = picks.every(([, indices]) => !indices.includes(NONE))
    const otherwise = isWhole ? undefined : numberOf(builder, rules.extrapolation, x.type)
    return pick(builder, x, new Map(picks), otherwise)
  }
  // Axes that shrink most come first, so that little is left for the others; of equal ones the last.
  const sorted = axes.toSorted((a, b) => a.output / a.input - b.output / b.input || b.axis - a.axis)
  let result = converted(builder, x, ElementType.Float32)
  const passes = sorted.map((axis) => ({
    axis: axis.axis,
    taps: tapsOf(positions(axis), axis, rules.kernel),
  }))
  for (const { axis, taps } of passes) result = interpolate(builder, result, axis, taps)
  for (const { axis, taps } of passes) result = extrapolated(builder, result, axis, taps, rules.extrapolation)
  return converted(builder, result, x.type)
}

const clamp = (index: number, size: number): number => Math.max(0, Math.min(size - 1, index))

const converted = (builder: Builder, x: Value, type: ElementType): Value =>
  x.type === type ? x : builder.map([x], (e, [element]) => e.cast(element, type))

const numberOf = (builder: Builder, number: number, type: ElementType): Value =>
  converted(builder, builder.constant(ElementType.Float32, [], bytesOf(Float32Array.of(number))), type)

/** The value with another number where an axis is outside of the input, which has no taps there. */
function extrapolated(
  builder: Builder,
  x: Value,
  axis: number,
  taps: readonly Taps[],
  number: number,
): Value {
  if (taps.every((own) => own.length > 0)) return x
  const shape = x.shape.map((size, i) => (i === axis ? size : 1))
  const isOutside = builder.constant(
    ElementType.Bool,
    shape,
    Uint8Array.from(taps, (own) => Number(own.length === 0)),
  )
  const inputs = [x, isOutside, numberOf(builder, number, ElementType.Float32)]
  return builder.map(inputs, (e, [inside, outside, other]) => e.select(outside, other, inside))
}
