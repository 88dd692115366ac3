import type { Lowering } from "../../node.ts"
import { lowerCompress, lowerNonZero } from "./compress.ts"
import { lowerConcat } from "./concat.ts"
import { lowerCumSum } from "./cumsum.ts"
import { lowerDepthToSpace, lowerSpaceToDepth } from "./depth.ts"
import { lowerGatherND } from "./gather-nd.ts"
import { lowerGather, lowerGatherElements } from "./gather.ts"
import { lowerOneHot } from "./one-hot.ts"
import { lowerCenterCropPad, lowerPad } from "./pad.ts"
import { lowerArgMax, lowerArgMin, lowerTopK } from "./rank.ts"
import { lowerFlatten, lowerReshape, lowerSqueeze, lowerUnsqueeze } from "./reshape.ts"
import { lowerResize, lowerUpsample } from "./resize.ts"
import { lowerReverseSequence } from "./reverse-sequence.ts"
import { lowerScatterElements, lowerScatterND } from "./scatter.ts"
import { lowerSlice } from "./slice.ts"
import { lowerSplit } from "./split.ts"
import { lowerTrilu } from "./trilu.ts"
import { lowerExpand, lowerTile, lowerTranspose } from "./views.ts"

/** Operators that move, select and order elements. */
export const MOVEMENT: Readonly<Record<string, Lowering>> = {
  ArgMax: lowerArgMax,
  ArgMin: lowerArgMin,
  CenterCropPad: lowerCenterCropPad,
  Compress: lowerCompress,
  Concat: lowerConcat,
  CumSum: lowerCumSum,
  DepthToSpace: lowerDepthToSpace,
  Expand: lowerExpand,
  Flatten: lowerFlatten,
  Gather: lowerGather,
  GatherElements: lowerGatherElements,
  GatherND: lowerGatherND,
  NonZero: lowerNonZero,
  OneHot: lowerOneHot,
  Pad: lowerPad,
  Reshape: lowerReshape,
  Resize: lowerResize,
  ReverseSequence: lowerReverseSequence,
  Scatter: lowerScatterElements,
  ScatterElements: lowerScatterElements,
  ScatterND: lowerScatterND,
  Slice: lowerSlice,
  SpaceToDepth: lowerSpaceToDepth,
  Split: lowerSplit,
  Squeeze: lowerSqueeze,
  Tile: lowerTile,
  TopK: lowerTopK,
  Transpose: lowerTranspose,
  Trilu: lowerTrilu,
  Unsqueeze: lowerUnsqueeze,
  Upsample: lowerUpsample,
}
