import { OnusError } from "../../protocol/errors.ts"
import { quote } from "./errors.ts"
import type { OnnxAttribute, OnnxNode, OnnxTensor } from "./graph.ts"

/*
 * Typed readers for a node's attributes. Each takes the value to use when the attribute is absent and throws
 * OnnxAttributeInvalid when it is there with another type. Give no fallback to get `undefined` back.
 */

type Values = { [A in OnnxAttribute as A["type"]]: A["value"] }

function read<T extends keyof Values>(node: OnnxNode, name: string, type: T): Values[T] | undefined {
  const attribute = node.attributes.get(name)
  if (attribute === undefined) return undefined
  if (attribute.type === type) return attribute.value as Values[T]
  throw new OnusError(
    "OnnxAttributeInvalid",
    `Attribute ${quote(name)} of node ${quote(node.name)} is of type ${attribute.type} instead of ${type}`,
  )
}

/**
 * Integers beyond 2^53 are only ever used as "to the end"; they saturate, which keeps that meaning.
 */
function toNumber(value: bigint): number {
  const bound = Number.MAX_SAFE_INTEGER
  return Math.max(-bound, Math.min(bound, Number(value)))
}

/** An INT attribute, saturated to the safe integers. */
export function intAttribute<F extends number | undefined = undefined>(
  node: OnnxNode,
  name: string,
  fallback?: F,
): number | F {
  const value = read(node, name, "int")
  return value === undefined ? (fallback as F) : toNumber(value)
}

/** An INTS attribute, each saturated to the safe integers. */
export function intsAttribute<F extends readonly number[] | undefined = undefined>(
  node: OnnxNode,
  name: string,
  fallback?: F,
): readonly number[] | F {
  return read(node, name, "ints")?.map(toNumber) ?? (fallback as F)
}

/** A FLOAT attribute: a float32 value held as a number. */
export function floatAttribute<F extends number | undefined = undefined>(
  node: OnnxNode,
  name: string,
  fallback?: F,
): number | F {
  return read(node, name, "float") ?? (fallback as F)
}

/** A FLOATS attribute: float32 values held as numbers. */
export function floatsAttribute(node: OnnxNode, name: string): readonly number[] | undefined {
  return read(node, name, "floats")
}

/** A STRING attribute. */
export function stringAttribute<F extends string | undefined = undefined>(
  node: OnnxNode,
  name: string,
  fallback?: F,
): string | F {
  return read(node, name, "string") ?? (fallback as F)
}

/** A STRINGS attribute. */
export function stringsAttribute(node: OnnxNode, name: string): readonly string[] | undefined {
  return read(node, name, "strings")
}

/** A TENSOR attribute. */
export function tensorAttribute(node: OnnxNode, name: string): OnnxTensor | undefined {
  return read(node, name, "tensor")
}
