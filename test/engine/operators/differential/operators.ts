import { ARITHMETIC_MAKERS } from "./makers/arithmetic.ts"
import { ATTENTION_MAKERS } from "./makers/attention.ts"
import { CONSTANT_MAKERS } from "./makers/constants.ts"
import { FUNCTION_MAKERS } from "./makers/functions.ts"
import { GATHER_MAKERS } from "./makers/gather.ts"
import { NORM_MAKERS } from "./makers/norms.ts"
import { ORDER_MAKERS } from "./makers/order.ts"
import { PART_MAKERS } from "./makers/parts.ts"
import { PRODUCT_MAKERS } from "./makers/products.ts"
import { QUANTIZED_MAKERS } from "./makers/quantized.ts"
import { RECURRENT_MAKERS } from "./makers/recurrent.ts"
import { REDUCTION_MAKERS } from "./makers/reductions.ts"
import { RESIZE_MAKERS } from "./makers/resize.ts"
import { VIEW_MAKERS } from "./makers/views.ts"
import { WINDOW_MAKERS } from "./makers/windows.ts"
import type { Makers } from "./spec.ts"

/** What is drawn for each operator. */
export const MAKERS: Makers = {
  ...ARITHMETIC_MAKERS,
  ...ATTENTION_MAKERS,
  ...CONSTANT_MAKERS,
  ...FUNCTION_MAKERS,
  ...GATHER_MAKERS,
  ...NORM_MAKERS,
  ...ORDER_MAKERS,
  ...PART_MAKERS,
  ...PRODUCT_MAKERS,
  ...QUANTIZED_MAKERS,
  ...RECURRENT_MAKERS,
  ...REDUCTION_MAKERS,
  ...RESIZE_MAKERS,
  ...VIEW_MAKERS,
  ...WINDOW_MAKERS,
}
