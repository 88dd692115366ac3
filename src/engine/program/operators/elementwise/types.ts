import { ElementType } from "../../../../protocol/program.ts"
import { TYPE_NAMES } from "../../../executor.ts"
import { describeCode, elementTypeOf } from "../../../onnx/element-type.ts"
import type { NodeContext } from "../../node.ts"

/*
 * Sets of types that operators take.
 */
export const FLOAT = [ElementType.Float32] as const
export const BOOL = [ElementType.Bool] as const
export const INTEGERS = [ElementType.Int8, ElementType.Uint8, ElementType.Int32, ElementType.Int64] as const
export const SIGNED = [ElementType.Float32, ElementType.Int8, ElementType.Int32, ElementType.Int64] as const
export const NUMBERS = [ElementType.Float32, ...INTEGERS] as const
export const ALL = [...NUMBERS, ElementType.Bool] as const

/** The type with a name of the loader. @throws OnusError `OperatorUnsupported` if programs do not have it. */
export function typeNamed(node: NodeContext, name: string): ElementType {
  const type = (TYPE_NAMES as readonly string[]).indexOf(name)
  return type < 0 ? node.fail(`the type ${name} is not supported`) : (type as ElementType)
}

/** The type with a number of ONNX. @throws OnusError `OperatorUnsupported` if programs do not have it. */
export function typeOfCode(node: NodeContext, code: number): ElementType {
  return typeNamed(node, elementTypeOf(code) ?? describeCode(code))
}
