import { ElementType, type Tensor, widthOf } from "../../protocol/program.ts"
import { type Inputs, type Values, valuesOf } from "../executor.ts"
import type { Port, Program } from "../program/program.ts"

/** Gives whole numbers from 0 to below a limit of at most 2^32. */
export type Draw = (limit: number) => number

/** Numbers that follow from a seed: splitmix32, as Steele, Lea and Flood (2014) have it for 64 bits. */
export function seededDraw(seed: number): Draw {
  let state = seed | 0
  return (limit) => {
    state = (state + 0x9e3779b9) | 0
    let word = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35)
    return Math.floor((((word ^ (word >>> 16)) >>> 0) / 2 ** 32) * limit)
  }
}

/** Up to `count` different elements of a tensor, in order. */
export function sampleElements({ length }: Pick<Tensor, "length">, count: number, draw: Draw): number[] {
  if (length <= count) return Array.from({ length }, (_, i) => i)
  const chosen = new Set<number>()
  while (chosen.size < count) chosen.add(draw(length))
  return [...chosen].sort((a, b) => a - b)
}

/** Integers of inputs are below this: most of them are positions in something. */
const SMALL = 16

/** Something for every input that is not given: numbers from -1 to 1, small integers, booleans. */
export function completeInputs(program: Pick<Program, "inputs">, given: Inputs, draw: Draw): Inputs {
  const values = ({ name, tensor }: Port): Values => given[name] ?? randomValues(tensor, draw)
  return Object.fromEntries(program.inputs.map((port) => [port.name, values(port)]))
}

function randomValues({ type, length }: Tensor, draw: Draw): Values {
  const values = valuesOf(type, new Uint8Array(length * widthOf(type)))
  const small = (): number => draw(type === ElementType.Bool ? 2 : SMALL)
  for (let i = 0; i < length; i++) {
    if (values instanceof BigInt64Array) values[i] = BigInt(small())
    else values[i] = type === ElementType.Float32 ? draw(2 ** 24) / 2 ** 23 - 1 : small()
  }
  return values
}
