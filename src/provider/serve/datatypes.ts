import type { ElementType } from "../../protocol/program.ts"

/** The names of element types in the Open Inference Protocol, by their number. */
export const DATATYPES = ["FP32", "INT8", "UINT8", "INT32", "INT64", "BOOL"] as const

export type Datatype = (typeof DATATYPES)[number]

export const datatypeOf = (type: ElementType): Datatype => DATATYPES[type]

/** The most characters that an element takes as JSON, with a comma and generous space around it. */
export const JSON_WIDTHS: Readonly<Record<Datatype, number>> = {
  FP32: 32,
  INT8: 8,
  UINT8: 8,
  INT32: 16,
  INT64: 28,
  BOOL: 10,
}
