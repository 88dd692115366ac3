import { type AstNode, type Source, rangeOf, typeOf } from "../ast.ts"
import type { Edit, Operator } from "../operators.ts"
import { isNegatable } from "./expressions.ts"

function constant(node: AstNode, source: Source): Edit[] {
  if (node.nodeType !== "Literal") return []
  const [start, end] = rangeOf(node.src)
  return otherValues(node, source.textOf(node)).map((replacement) => ({ start, end, replacement }))
}

function otherValues({ kind, value, hexValue, typeDescriptions }: AstNode, text: string): string[] {
  if (kind === "bool") return [value === "true" ? "false" : "true"]
  if (kind === "string" || kind === "unicodeString") return [value === "" ? '"x"' : '""']
  if (kind === "hexString") return hexValue ? [`hex"${flipped(hexValue)}"`] : []
  if (typeDescriptions?.typeString === "address") return ["address(1)"]
  if (/^0+$/.test(text)) return ["1"]
  return [`(${text} + 1)`, `(${text} - 1)`]
}

/** With another last bit. */
const flipped = (hex: string): string => hex.slice(0, -1) + (parseInt(hex.slice(-1), 16) ^ 1).toString(16)

/** What a function returns, where it is not a constant anyway. */
function returned(node: AstNode, source: Source): Edit[] {
  const { expression } = node
  if (node.nodeType !== "Return" || !expression || expression.nodeType === "Literal") return []
  const text = source.textOf(expression)
  const [start, end] = rangeOf(expression.src)
  const replacement = otherResult(typeOf(expression), text)
  if (!replacement || isNegatable(expression)) return []
  return [{ start, end, replacement }]
}

function otherResult(type: string, text: string): string | undefined {
  if (type === "bool") return `!(${text})`
  if (/^u?int\d+$/.test(type)) return `(${text}) + 1`
  if (/^bytes\d+$/.test(type)) return `${type}(0)`
  return type === "address" ? "address(1)" : undefined
}

export const VALUE_OPERATORS: Readonly<Record<string, Operator>> = { constant, "returned value": returned }
