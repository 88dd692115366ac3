import type { NodeContext } from "../../node.ts"
import { reshape, transpose } from "../../shapes.ts"
import type { Value } from "../../value.ts"

/** DepthToSpace: channels become squares of `blocksize`; DCR has the square's place outermost, CRD innermost. */
export function lowerDepthToSpace(node: NodeContext): Value[] {
  const { builder } = node
  const [x, block] = imageOf(node)
  const [batch, channels, height, width] = x.shape
  const mode = node.string("mode", "DCR")
  if (mode !== "DCR" && mode !== "CRD") node.fail(`mode "${mode}" is unknown`)
  const depth = channels / block ** 2
  if (!Number.isInteger(depth)) node.fail(`${channels} channels are not squares of ${block}`)
  const channel = mode === "DCR" ? [block, block, depth] : [depth, block, block]
  const cut = reshape(builder, x, [batch, ...channel, height, width])
  const order = mode === "DCR" ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3]
  return [reshape(builder, transpose(builder, cut, order), [batch, depth, height * block, width * block])]
}

/** SpaceToDepth: squares of `blocksize` become channels, their places outermost. */
export function lowerSpaceToDepth(node: NodeContext): Value[] {
  const { builder } = node
  const [x, block] = imageOf(node)
  const [batch, channels, ...sizes] = x.shape
  const [height, width] = sizes.map((size) => size / block)
  if (!Number.isInteger(height) || !Number.isInteger(width)) {
    node.fail(`[${sizes}] does not divide into squares of ${block}`)
  }
  const cut = reshape(builder, x, [batch, channels, height, block, width, block])
  const moved = transpose(builder, cut, [0, 3, 5, 1, 2, 4])
  return [reshape(builder, moved, [batch, channels * block ** 2, height, width])]
}

function imageOf(node: NodeContext): [Value, number] {
  const x = node.input(0)
  if (x.shape.length !== 4) node.fail(`the shape [${x.shape}] does not have 4 axes`)
  const block = node.int("blocksize") ?? node.fail("blocksize is missing")
  return block > 0 ? [x, block] : node.fail(`blocksize ${block}`)
}
