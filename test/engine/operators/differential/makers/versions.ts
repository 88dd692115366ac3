import { pick, version, type Random, type TypeName } from "../draw.ts"

/** Types from an opset on. */
export type Since = readonly (readonly [opset: number, types: readonly TypeName[]])[]

export const FLOAT = ["float32"] as const

export const SIGNED = ["float32", "int8", "int32", "int64"] as const

/** One of the versions, and one of the types that it has. */
export function typed(random: Random, since: Since): { opset: number; type: TypeName } {
  const opset = version(
    random,
    since.map(([first]) => first),
  )
  const types = since.findLast(([first]) => first <= opset)![1]
  return { opset, type: pick(random, types) }
}

export const floatsSince = (...opsets: readonly number[]): Since => opsets.map((opset) => [opset, FLOAT])
