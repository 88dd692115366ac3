import type { Lowering } from "../../node.ts"
import { lowerAveragePool, lowerGlobalPool } from "./average-pool.ts"
import { lowerBatchNormalization } from "./batch-norm.ts"
import { lowerConvInteger, lowerQLinearConv } from "./conv-quantized.ts"
import { lowerConvTranspose } from "./conv-transpose.ts"
import { lowerConv } from "./conv.ts"
import { lowerGemm } from "./gemm.ts"
import { lowerGroupNormalization, lowerInstanceNormalization } from "./group-norm.ts"
import { lowerLayerNormalization, lowerRmsNormalization } from "./layer-norm.ts"
import { lowerGlobalLpPool, lowerLpPool } from "./lp-pool.ts"
import { lowerLrn } from "./lrn.ts"
import { lowerMatMulInteger, lowerQLinearMatMul } from "./matmul-quantized.ts"
import { lowerMatMul } from "./matmul.ts"
import { lowerMaxPool } from "./max-pool.ts"
import { lowerLpNormalization, lowerMeanVarianceNormalization } from "./other-norms.ts"
import { REDUCTIONS } from "./reduce.ts"
import { lowerHardmax, lowerLogSoftmax, lowerSoftmax } from "./softmax.ts"

/** Layers of networks: products, convolutions, pooling, normalisation and reductions. */
export const NETWORK: Readonly<Record<string, Lowering>> = {
  AveragePool: lowerAveragePool,
  BatchNormalization: lowerBatchNormalization,
  Conv: lowerConv,
  ConvInteger: lowerConvInteger,
  ConvTranspose: lowerConvTranspose,
  Gemm: lowerGemm,
  GlobalAveragePool: lowerGlobalPool,
  GlobalLpPool: lowerGlobalLpPool,
  GlobalMaxPool: lowerGlobalPool,
  GroupNormalization: lowerGroupNormalization,
  Hardmax: lowerHardmax,
  InstanceNormalization: lowerInstanceNormalization,
  LRN: lowerLrn,
  LayerNormalization: lowerLayerNormalization,
  LogSoftmax: lowerLogSoftmax,
  LpNormalization: lowerLpNormalization,
  LpPool: lowerLpPool,
  MatMul: lowerMatMul,
  MatMulInteger: lowerMatMulInteger,
  MaxPool: lowerMaxPool,
  MeanVarianceNormalization: lowerMeanVarianceNormalization,
  QLinearConv: lowerQLinearConv,
  QLinearMatMul: lowerQLinearMatMul,
  RMSNormalization: lowerRmsNormalization,
  Softmax: lowerSoftmax,
  ...REDUCTIONS,
}
