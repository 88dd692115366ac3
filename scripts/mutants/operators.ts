import { ARGUMENT_OPERATORS } from "./operators/arguments.ts"
import { EXPRESSION_OPERATORS } from "./operators/expressions.ts"
import { STATEMENT_OPERATORS } from "./operators/statements.ts"
import { VALUE_OPERATORS } from "./operators/values.ts"
import type { AstNode, Source } from "./ast.ts"

/** Bytes to replace. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly replacement: string
}

/** What can be changed about a node. */
export type Operator = (node: AstNode, source: Source, around: readonly AstNode[]) => Iterable<Edit>

/** All operators by the name that reports give them. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  ...EXPRESSION_OPERATORS,
  ...STATEMENT_OPERATORS,
  ...ARGUMENT_OPERATORS,
  ...VALUE_OPERATORS,
}
