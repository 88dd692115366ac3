import { type AstNode, type Source, rangeOf } from "../ast.ts"
import type { Edit, Operator } from "../operators.ts"

const EXITS = ["RevertStatement", "Return", "Break", "Continue"]

/** A call, an assignment, a `require`, an `emit`. */
function statement(node: AstNode, source: Source, around: readonly AstNode[]): Edit[] {
  if (node.nodeType !== "ExpressionStatement" && node.nodeType !== "EmitStatement") return []
  // Without its step, a loop only hangs.
  if (around.at(-1)?.loopExpression === node) return []
  return [emptied(node, source)]
}

/** A condition that leaves the function or the loop. */
function guard(node: AstNode, source: Source): Edit[] {
  if (node.nodeType !== "IfStatement" || node.falseBody) return []
  return EXITS.includes(onlyStatement(node.trueBody!)?.nodeType ?? "") ? [emptied(node, source)] : []
}

function modifier(node: AstNode): Edit[] {
  if (node.nodeType !== "ModifierInvocation" || node.kind !== "modifierInvocation") return []
  const [start, end] = rangeOf(node.src)
  return [{ start, end, replacement: "" }]
}

function onlyStatement(body: AstNode): AstNode | undefined {
  if (body.nodeType !== "Block") return body
  return body.statements?.length === 1 ? body.statements[0] : undefined
}

/** The compiler leaves the semicolon out of the statement. */
function emptied(node: AstNode, source: Source): Edit {
  const [start, end] = rangeOf(node.src)
  return { start, end: source.text(end, end + 1) === ";" ? end + 1 : end, replacement: "{}" }
}

export const STATEMENT_OPERATORS: Readonly<Record<string, Operator>> = {
  "removed statement": statement,
  "removed guard": guard,
  "removed modifier": modifier,
}
