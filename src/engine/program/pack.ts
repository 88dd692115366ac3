import { widthOf } from "../../protocol/program.ts"
import { Storage } from "./value.ts"
import { type Digit, product } from "./view.ts"

/** Copies the elements that digits walk over, the last one fastest, into a constant of their own. */
export function pack(storage: Storage, base: number, digits: readonly Digit[]): Storage {
  const width = widthOf(storage.type)
  const count = product(digits.map((digit) => digit.size))
  const packed = new Uint8Array(count * width)
  const from = elements(storage.bytes, width)
  const to = elements(packed, width)
  const inner = digits.at(-1) ?? { size: 1, stride: 1 }
  const outer = digits.slice(0, -1)
  const index = outer.map(() => 0)
  let start = base
  for (let at = 0; at < count; at += inner.size) {
    if (inner.stride === 1) to.set(from.subarray(start, start + inner.size) as never, at)
    else for (let i = 0, p = start; i < inner.size; i++, p += inner.stride) to[at + i] = from[p]
    for (let i = outer.length - 1; i >= 0; i--) {
      start += outer[i].stride
      if (++index[i] < outer[i].size) break
      start -= outer[i].size * outer[i].stride
      index[i] = 0
    }
  }
  return new Storage(storage.type, packed)
}

/** Elements as integers of their width, so that they are moved bit for bit. */
function elements(bytes: Uint8Array, width: number): Uint8Array | Uint32Array | BigUint64Array {
  if (width === 1) return bytes
  const whole = bytes.byteOffset % width === 0 ? bytes : bytes.slice()
  const length = whole.byteLength / width
  return width === 4
    ? new Uint32Array(whole.buffer, whole.byteOffset, length)
    : new BigUint64Array(whole.buffer, whole.byteOffset, length)
}
