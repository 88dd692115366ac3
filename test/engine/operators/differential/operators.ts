import type { Reference } from "./check.ts"
import { CONSTANT_MAKERS } from "./constants.ts"
import { ELEMENTWISE_MAKERS } from "./elementwise.ts"
import { MOVEMENT_MAKERS } from "./movement.ts"
import { NETWORK_MAKERS } from "./network.ts"
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
import { convTransposeReference, globalLpPoolReference } from "./reference/window.ts"
import { RESIZE_MAKERS } from "./resize.ts"
import { SEQUENCE_MAKERS } from "./sequence.ts"
import type { Makers } from "./spec.ts"

/** What is drawn for each operator. */
export const MAKERS: Makers = {
  ...ELEMENTWISE_MAKERS,
  ...CONSTANT_MAKERS,
  ...MOVEMENT_MAKERS,
  ...RESIZE_MAKERS,
  ...NETWORK_MAKERS,
  ...SEQUENCE_MAKERS,
}

/** What outputs are by another way of computing them; onnxruntime is asked as well, if it has a kernel. */
export const REFERENCES: Readonly<Record<string, Reference>> = {
  Attention: attentionReference,
  ConvTranspose: convTransposeReference,
  DequantizeLinear: dequantizeReference,
  EyeLike: eyeLikeReference,
  GRU: recurrentReference,
  Gemm: gemmReference,
  GlobalLpPool: globalLpPoolReference,
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
  ...Object.fromEntries(
    Object.keys(NETWORK_MAKERS)
      .filter((op) => op.startsWith("Reduce"))
      .map((op) => [op, reduceReference]),
  ),
}
