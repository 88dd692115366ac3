import { type AstNode, type Source, rangeOf } from "../ast.ts"
import type { Edit, Operator } from "../operators.ts"

const ARITHMETIC: Readonly<Record<string, string>> = {
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "%": "*",
  "<<": ">>",
  ">>": "<<",
  "&": "|",
  "|": "&",
  "^": "&",
}
const ASSIGNMENTS = Object.fromEntries(Object.entries(ARITHMETIC).map(([from, to]) => [`${from}=`, `${to}=`]))
const BOUNDS: Readonly<Record<string, string>> = { "<": "<=", "<=": "<", ">": ">=", ">=": ">" }
const COMPARISONS: Readonly<Record<string, string>> = {
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
  "==": "!=",
  "!=": "==",
}
const CONNECTIVES: Readonly<Record<string, string>> = { "&&": "||", "||": "&&" }
const STEPS: Readonly<Record<string, string>> = { "++": "--", "--": "++" }

/** The operator between the two operands of a node becomes another. */
const between =
  (nodeType: string, table: Readonly<Record<string, string>>): Operator =>
  (node, source) => {
    const replacement = table[node.operator ?? ""]
    if (node.nodeType !== nodeType || !replacement) return []
    const left = (node.leftExpression ?? node.leftHandSide)!
    const right = (node.rightExpression ?? node.rightHandSide)!
    const from = rangeOf(left.src)[1]
    return at(source, from, rangeOf(right.src)[0], node.operator!, replacement)
  }

function step(node: AstNode, source: Source): Edit[] {
  const replacement = STEPS[node.operator ?? ""]
  if (node.nodeType !== "UnaryOperation" || !replacement) return []
  return at(source, ...rangeOf(node.src), node.operator!, replacement)
}

/** `text` between two bytes. Comments are ASCII here, or the operator comes first. */
function at(source: Source, from: number, to: number, text: string, replacement: string): Edit[] {
  const start = from + source.text(from, to).indexOf(text)
  return [{ start, end: start + text.length, replacement }]
}

function* negation(node: AstNode, source: Source): Iterable<Edit> {
  const { condition } = node
  if (condition && !isNegatable(condition)) {
    const [start, end] = rangeOf(condition.src)
    yield { start, end, replacement: `!(${source.textOf(condition)})` }
  }
  if (node.nodeType !== "UnaryOperation" || node.operator !== "!") return
  const [start, end] = rangeOf(node.src)
  yield { start, end, replacement: source.textOf(node.subExpression!) }
}

/** Another operator gives the negation of it. */
export function isNegatable({ nodeType, operator }: AstNode): boolean {
  return (
    (nodeType === "BinaryOperation" && Object.hasOwn(COMPARISONS, operator!)) ||
    (nodeType === "UnaryOperation" && operator === "!")
  )
}

export const EXPRESSION_OPERATORS: Readonly<Record<string, Operator>> = {
  arithmetic: between("BinaryOperation", ARITHMETIC),
  assignment: between("Assignment", ASSIGNMENTS),
  step,
  bound: between("BinaryOperation", BOUNDS),
  comparison: between("BinaryOperation", COMPARISONS),
  connective: between("BinaryOperation", CONNECTIVES),
  negation,
}
