import type { Reference } from "./check.ts"
import { REDUCTION_MAKERS } from "./makers/reductions.ts"
import { attentionReference, rotaryReference } from "./reference/attention.ts"
import {
  oneHotReference,
  preluReference,
  reluReference,
  swiGluReference,
  whereReference,
} from "./reference/elementwise.ts"
import { gemmReference, matMulIntegerReference, matMulReference } from "./reference/matrix.ts"
import {
  dequantizeReference,
  eyeLikeReference,
  meanVarianceReference,
  quantizeReference,
} from "./reference/quantize.ts"
import { recurrentReference } from "./reference/recurrent.ts"
import { reduceReference } from "./reference/reduce.ts"
import { resizeReference } from "./reference/resize.ts"
import { convTransposeReference, globalLpPoolReference, lrnReference } from "./reference/window.ts"

/** What outputs are by another way of computing them; onnxruntime is asked as well, if it has a kernel. */
export const REFERENCES: Readonly<Record<string, Reference>> = {
  Attention: attentionReference,
  ConvTranspose: convTransposeReference,
  DequantizeLinear: dequantizeReference,
  EyeLike: eyeLikeReference,
  GRU: recurrentReference,
  Gemm: gemmReference,
  GlobalLpPool: globalLpPoolReference,
  LRN: lrnReference,
  LSTM: recurrentReference,
  MatMul: matMulReference,
  MatMulInteger: matMulIntegerReference,
  MeanVarianceNormalization: meanVarianceReference,
  OneHot: oneHotReference,
  PRelu: preluReference,
  QuantizeLinear: quantizeReference,
  RNN: recurrentReference,
  Relu: reluReference,
  Resize: resizeReference,
  RotaryEmbedding: rotaryReference,
  SwiGLU: swiGluReference,
  Upsample: resizeReference,
  Where: whereReference,
  ...Object.fromEntries(Object.keys(REDUCTION_MAKERS).map((op) => [op, reduceReference])),
}
