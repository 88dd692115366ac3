/** A node of the compiler's syntax tree: what the operators look at. */
export interface AstNode {
  readonly nodeType: string
  /** First byte, bytes, file. */
  readonly src: string
  readonly kind?: string
  readonly name?: string
  readonly contractKind?: string
  readonly operator?: string
  readonly prefix?: boolean
  readonly typeDescriptions?: { readonly typeString?: string | null }
  readonly leftExpression?: AstNode
  readonly rightExpression?: AstNode
  readonly leftHandSide?: AstNode
  readonly rightHandSide?: AstNode
  readonly subExpression?: AstNode
  readonly expression?: AstNode | null
  readonly condition?: AstNode | null
  readonly trueBody?: AstNode
  readonly falseBody?: AstNode | null
  readonly loopExpression?: AstNode | null
  readonly statements?: readonly AstNode[]
  readonly arguments?: readonly AstNode[] | null
  readonly modifiers?: readonly AstNode[]
  readonly memberName?: string
  readonly memberLocation?: string
  readonly value?: string | null
  readonly hexValue?: string
}

/** Types are not code, interfaces have none, and assembly is another language. */
const SKIPPED = [
  "ArrayTypeName",
  "ElementaryTypeName",
  "FunctionTypeName",
  "InlineAssembly",
  "Mapping",
  "UserDefinedTypeName",
]

/** Calls `visit` with every node that is code and with the nodes around it, outermost first. */
export function walk(node: AstNode, visit: (node: AstNode, around: readonly AstNode[]) => void): void {
  descend(node, [])

  function descend(node: AstNode, around: readonly AstNode[]): void {
    if (SKIPPED.includes(node.nodeType) || node.contractKind === "interface") return
    visit(node, around)
    const inside = [...around, node]
    for (const child of childrenOf(node)) descend(child, inside)
  }
}

function childrenOf(node: AstNode): AstNode[] {
  return Object.values(node)
    .flat()
    .filter((value): value is AstNode => typeof value === "object" && value !== null && "nodeType" in value)
}

export const typeOf = (node: AstNode): string => node.typeDescriptions?.typeString ?? ""

/** A file, addressed as the compiler does: by bytes of UTF-8. */
export class Source {
  readonly #bytes: Buffer

  constructor(text: string) {
    this.#bytes = Buffer.from(text)
  }

  text(start: number, end: number): string {
    return this.#bytes.toString("utf8", start, end)
  }

  textOf(node: AstNode): string {
    return this.text(...rangeOf(node.src))
  }

  replaced(start: number, end: number, replacement: string): string {
    return this.text(0, start) + replacement + this.text(end, this.#bytes.length)
  }

  /** The number of the line in which a byte stands, from 1. */
  lineOf(position: number): number {
    return this.text(0, position).split("\n").length
  }

  /** First byte of the line of `start` and the byte after that of `end`. */
  linesAround(start: number, end: number): [number, number] {
    const next = this.#bytes.indexOf("\n", end)
    return [this.#bytes.lastIndexOf("\n", start - 1) + 1, next < 0 ? this.#bytes.length : next]
  }
}

/** First byte, and the byte after the last. */
export function rangeOf(src: string): [number, number] {
  const [start, length] = src.split(":").map(Number)
  return [start, start + length]
}
