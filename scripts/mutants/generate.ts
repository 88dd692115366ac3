import { type AstNode, Source, walk } from "./ast.ts"
import { type Edit, OPERATORS } from "./operators.ts"

/** One change of one file. */
export interface Mutant {
  /** Relative to the project. */
  readonly file: string
  readonly line: number
  /** Function around the change, or the contract. */
  readonly within: string
  readonly operator: string
  /** The lines concerned, before and after, with single spaces. */
  readonly original: string
  readonly mutated: string
  readonly edit: Edit
}

/** Every mutant of a file; two operators that change it in the same way count once. */
export function mutantsOf(file: string, text: string, ast: AstNode): Mutant[] {
  const source = new Source(text)
  const mutants = new Map<string, Mutant>()
  walk(ast, (node, around) => {
    for (const [operator, edits] of Object.entries(OPERATORS)) {
      for (const edit of edits(node, source, around)) {
        const result = source.replaced(edit.start, edit.end, edit.replacement)
        if (result === text || mutants.has(result)) continue
        mutants.set(result, { file, operator, within: nameOf([...around, node]), ...linesOf(source, edit) })
      }
    }
  })
  return [...mutants.values()]
}

function linesOf(source: Source, edit: Edit): Pick<Mutant, "line" | "original" | "mutated" | "edit"> {
  const [start, end] = source.linesAround(edit.start, edit.end)
  const mutated = source.text(start, edit.start) + edit.replacement + source.text(edit.end, end)
  return {
    line: source.lineOf(edit.start),
    original: plain(source.text(start, end)),
    mutated: plain(mutated),
    edit,
  }
}

const plain = (text: string): string => text.replace(/\s+/g, " ").trim()

function nameOf(nodes: readonly AstNode[]): string {
  const named = ["FunctionDefinition", "ModifierDefinition", "ContractDefinition"]
  const innermost = nodes.findLast(({ nodeType }) => named.includes(nodeType))
  return innermost?.name ?? innermost?.kind ?? ""
}

/** The text of the file with the change. */
export function applied({ edit }: Mutant, text: string): string {
  return new Source(text).replaced(edit.start, edit.end, edit.replacement)
}

/** Where, how, before and after. */
export function describe({ file, line, within, operator, original, mutated }: Mutant): string {
  return `${file}:${line} ${within}, ${operator}\n    - ${original}\n    + ${mutated}`
}
