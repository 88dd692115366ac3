import { OnusError } from "../../protocol/errors.ts"
import { type Access, ElementType, type Tensor, widthOf } from "../../protocol/program.ts"
import { type Affine, collapsed, guardsFit, isPadding, periodOf, range, staysInside } from "./affine.ts"
import { BYTE, LONG, SIGNED_BYTE, TRUTH, UNSIGNED_BYTE, WORD } from "./codes.ts"
import type { Image } from "./image.ts"
import { type Operand, rowsOf, withRows } from "./operand.ts"
import type { Scratch } from "./scratch.ts"

/** Where the first byte of a tensor is. */
export type AddressOf = (tensor: Tensor) => number

const KINDS: Readonly<Record<ElementType, number>> = {
  [ElementType.Float32]: WORD,
  [ElementType.Int8]: SIGNED_BYTE,
  [ElementType.Uint8]: UNSIGNED_BYTE,
  [ElementType.Int32]: WORD,
  [ElementType.Int64]: LONG,
  [ElementType.Bool]: TRUTH,
}

/** How elements become lanes. */
export const kindOf = (type: ElementType): number => KINDS[type]

/** How elements are moved as they are. */
export const moveKindOf = (type: ElementType): number => (widthOf(type) === 1 ? BYTE : KINDS[type])

/** Where structures go, and what they refer to. */
export interface Writing {
  readonly image: Image
  readonly scratch: Scratch
  readonly addressOf: AddressOf
  /** Address of a constant in another form, by its key. */
  readonly preparedAt: (key: string) => number
  /** The bytes of a constant. */
  readonly constantOf: (tensor: Tensor) => Uint8Array
  /** Address of at least so many zero bytes. */
  readonly zeros: (size: number) => number
}

/**
 * Writes an operand as `assembly/source.ts` walks it; returns its address.
 *
 * @param sizes the loops, domain first; domain loops are joined where the operand allows it
 * @param domain how many of them are domain loops
 */
export function writeSource(
  writing: Writing,
  operand: Operand,
  sizes: readonly number[],
  domain: number,
  kind = kindOf(operand.access.tensor.type),
): number {
  const nest = collapsed({ sizes, rows: rowsOf(operand) }, 0, domain)
  const over = { sizes: nest.sizes, domain: nest.to }
  const { access, affine, lookups } = withRows(operand, nest.rows)
  const used = isPadding(affine) ? [] : lookups
  const reaches = used.map(({ stride, limit }) => stride * Math.max(limit - 1, 0))
  const least = reaches.reduce((sum, by) => sum + Math.min(by, 0), 0)
  const greatest = reaches.reduce((sum, by) => sum + Math.max(by, 0), 0)
  const words = sourceWords(writing, access, affine, over, kind, [least, greatest])
  const guards = [affine, ...used.map((lookup) => lookup.affine)].map((row) => row.guards.length)
  const cursorBytes = 4 * (Math.max(over.domain, 1) + guards.reduce((sum, count) => sum + 1 + count, 0))
  words[7] = used.length
  words[8] = writing.scratch.reserve(2 * cursorBytes)
  words[9] = cursorBytes
  words[10] = periodOf(nest, nest.to)
  const parts = used.map((lookup) => {
    const kind = kindOf(lookup.access.tensor.type)
    const source = writing.image.words(sourceWords(writing, lookup.access, lookup.affine, over, kind))
    return {
      source,
      stride: lookup.stride * widthOf(access.tensor.type),
      varies: varies(lookup.affine, over.domain),
    }
  })
  for (const { source, stride, varies } of parts) words.push(source, stride, Number(varies), 0, 0, 0)
  const address = writing.image.words(words)
  used.forEach(({ limit }, i) => {
    const at = address + 4 * (words.length - 6 * (used.length - i) + 4)
    writing.image.setLong(at, BigInt(Math.max(limit, 0)))
  })
  return address
}

/** True if the innermost domain loop changes where an access reads. */
const varies = ({ strides, guards }: Affine, domain: number): boolean =>
  domain > 0 &&
  (strides[domain - 1] !== 0 || guards.some(({ coefficients }) => coefficients[domain - 1] !== 0))

interface Over {
  readonly sizes: readonly number[]
  readonly domain: number
}

/** How many bytes 32 bits address. */
const ADDRESSES = 2 ** 32

/** Header, loops and guards. */
function sourceWords(
  { addressOf }: Writing,
  { tensor }: Access,
  affine: Affine,
  { sizes, domain }: Over,
  kind: number,
  [least, greatest]: readonly number[] = [0, 0],
): number[] {
  if (!guardsFit(affine, sizes)) {
    throw new OnusError("ProgramUnsupported", "A guard reaches coordinates of more than 29 bits")
  }
  const { base, strides, guards } = affine
  const width = widthOf(tensor.type)
  const start = addressOf(tensor)
  const inside = isPadding(affine) || staysInside(affine, sizes, tensor.length, least, greatest)
  const [first, last] = range(strides, base, sizes)
  // Kernels see whether an address is inside as long as none comes round to the tensor again.
  if (
    !inside &&
    ((first + least - tensor.length) * width < -ADDRESSES || (last + greatest) * width >= ADDRESSES)
  ) {
    throw new OnusError("ProgramUnsupported", `Tensor ${tensor.id} is read at positions of more than 32 bits`)
  }
  const words = [start + base * width, kind, start, inside ? 0 : tensor.length * width]
  words.push(Math.max(domain, 1), sizes.length - domain, guards.length, 0, 0, 0, 0)
  for (let i = 0; i < domain; i++) words.push(sizes[i], strides[i] * width)
  // There is always a loop.
  if (domain === 0) words.push(1, 0)
  for (let i = domain; i < sizes.length; i++) words.push(strides[i] * width)
  for (const { coefficients, offset, size } of guards) {
    words.push(offset, size, ...coefficients.slice(0, domain))
    if (domain === 0) words.push(0)
    words.push(...coefficients.slice(domain))
  }
  return words
}
