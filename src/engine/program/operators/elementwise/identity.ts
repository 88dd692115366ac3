import { ElementType } from "../../../../protocol/program.ts"
import type { Builder } from "../../builder.ts"
import type { Lowering } from "../../node.ts"
import { type Value, isStored } from "../../value.ts"
import { FLOAT } from "./types.ts"

/** The same value under another name; what is not computed yet can still be fused into what reads it. */
export function forwarded(builder: Builder, value: Value): Value {
  if (isStored(value.state) || value.uses !== 1) return value
  return builder.map([value], (_, [x]) => x)
}

export const lowerIdentity: Lowering = (node) => [forwarded(node.builder, node.input(0))]

/** Dropout in inference, which drops nothing. */
export const lowerDropout: Lowering = (node) => {
  const x = node.requireType(0, ...FLOAT)
  const training = node.opset >= 12 && node.optional(2) !== undefined && node.staticInts(2)[0] !== 0
  const ratio = training && node.optional(1) ? node.staticFloats(1)[0] : 0.5
  if (training && ratio !== 0)
    node.fail(`training_mode is true with a ratio of ${ratio}; only inference is supported`)
  // Before opset 10 the mask had the type of the data.
  const [type, kept] = node.opset < 10 ? [x.type, 0x3f800000n] : [ElementType.Bool, 1n]
  const mask = node.hasOutput(1) ? node.builder.fill(type, x.shape, kept) : undefined
  return [forwarded(node.builder, x), mask]
}
