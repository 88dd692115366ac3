/** One loop over stored elements: `size` of them, `stride` apart. */
export interface Digit {
  readonly size: number
  readonly stride: number
}

/**
 * How a value of the ONNX graph lies in storage. Every ONNX axis is a mixed-radix number of digits, most
 * significant first, so that reshaping, transposing and slicing move no data: flattening a channels-last
 * [1, C, H, W] gives an axis of the digits C, H, W with their strides. Digits of size 1 are left out, and
 * neighbours that continue each other are one digit.
 */
export interface Layout {
  /** Position of the first element. */
  readonly base: number
  readonly axes: readonly (readonly Digit[])[]
}

export const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1)

/** Strides of a row-major array. */
export function rowMajor(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length)
  let stride = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride
    stride *= shape[axis]
  }
  return strides
}

/** The layout of an array that lies in row-major order. */
export function denseLayout(shape: readonly number[]): Layout {
  const strides = rowMajor(shape)
  return { base: 0, axes: shape.map((size, axis) => normalised([{ size, stride: strides[axis] }])) }
}

/** The layout of an array whose axes are nested in another order, `order[0]` outermost. */
export function orderedLayout(shape: readonly number[], order: readonly number[]): Layout {
  const strides = rowMajor(order.map((axis) => shape[axis]))
  return {
    base: 0,
    axes: shape.map((size, axis) => normalised([{ size, stride: strides[order.indexOf(axis)] }])),
  }
}

export const sizeOf = (digits: readonly Digit[]): number => product(digits.map((digit) => digit.size))

export const shapeOf = ({ axes }: Layout): number[] => axes.map(sizeOf)

/** Drops digits of size 1 and joins those that continue each other. */
export function normalised(digits: readonly Digit[]): Digit[] {
  const joined: Digit[] = []
  for (const digit of digits) {
    if (digit.size === 1) continue
    const last = joined.at(-1)
    if (last?.stride === digit.size * digit.stride) {
      joined[joined.length - 1] = { size: last.size * digit.size, stride: digit.stride }
    } else joined.push(digit)
  }
  return joined
}

/** Gives the same elements another shape; `undefined` if no strides can express it. */
export function reshaped({ base, axes }: Layout, shape: readonly number[]): Layout | undefined {
  const rest = normalised(axes.flat()).toReversed()
  const result: Digit[][] = []
  for (const size of shape) {
    const digits: Digit[] = []
    for (let need = size; need > 1;) {
      const digit = rest.pop()
      if (!digit) return undefined
      if (need % digit.size === 0) {
        digits.push(digit)
        need /= digit.size
      } else if (digit.size % need === 0) {
        const low = digit.size / need
        digits.push({ size: need, stride: digit.stride * low })
        rest.push({ size: low, stride: digit.stride })
        need = 1
      } else return undefined
    }
    result.push(digits)
  }
  return { base, axes: result }
}

/**
 * Cuts several ways of writing one axis into digits of the same sizes.
 *
 * @returns for every list its strides over the common sizes; `undefined` if the radices contradict.
 */
export function aligned(
  lists: readonly (readonly Digit[])[],
): { sizes: number[]; strides: number[][] } | undefined {
  const rests = lists.map((digits) => [...digits])
  const sizes: number[] = []
  const strides: number[][] = lists.map(() => [])
  while (rests.some((rest) => rest.length > 0)) {
    if (rests.some((rest) => rest.length === 0)) return undefined
    const size = Math.min(...rests.map((rest) => rest[rest.length - 1].size))
    for (const [i, rest] of rests.entries()) {
      const low = rest.pop()!
      if (low.size % size !== 0) return undefined
      strides[i].unshift(low.stride)
      if (low.size > size) rest.push({ size: low.size / size, stride: low.stride * size })
    }
    sizes.unshift(size)
  }
  return { sizes, strides }
}

/** True when the layout reads its storage from front to back without gaps. */
export function isDense(
  layout: Layout,
  order: readonly number[] = layout.axes.map((_, axis) => axis),
): boolean {
  const digits = normalised(order.flatMap((axis) => layout.axes[axis]))
  return layout.base === 0 && (digits.length === 0 || (digits.length === 1 && digits[0].stride === 1))
}
