import { type AstNode, type Source, rangeOf, typeOf } from "../ast.ts"
import type { Edit, Operator } from "../operators.ts"

const EXTREMES: Readonly<Record<string, string>> = { min: "max", max: "min" }

/** Two arguments of one type change places, in calls, structs, events, errors and base constructors. */
function* swap(node: AstNode, source: Source): Iterable<Edit> {
  if (node.nodeType !== "FunctionCall" && node.nodeType !== "ModifierInvocation") return
  // Whichever comes first.
  if (Object.hasOwn(EXTREMES, node.expression?.memberName ?? "")) return
  const given = node.arguments ?? []
  for (const [i, first] of given.entries()) {
    const second = given.slice(i + 1).find((other) => isExchangeable(first, other, source))
    if (!second) continue
    const [start, middle] = rangeOf(first.src)
    const [later, end] = rangeOf(second.src)
    const replacement = source.textOf(second) + source.text(middle, later) + source.textOf(first)
    yield { start, end, replacement }
  }
}

function isExchangeable(first: AstNode, second: AstNode, source: Source): boolean {
  return typeOf(first) === typeOf(second) && source.textOf(first) !== source.textOf(second)
}

function extreme(node: AstNode): Edit[] {
  const replacement = EXTREMES[node.memberName ?? ""]
  if (node.nodeType !== "MemberAccess" || !replacement || !typeOf(node).startsWith("function")) return []
  const [start, end] = rangeOf(node.memberLocation!)
  return [{ start, end, replacement }]
}

export const ARGUMENT_OPERATORS: Readonly<Record<string, Operator>> = {
  "swapped arguments": swap,
  "min and max": extreme,
}
