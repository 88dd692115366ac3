import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import ts from "typescript"
import { HINTS } from "../../src/sdk/errors.ts"

/** What a program says when it refuses something: all ways in which one code is raised. */
export interface Raised {
  readonly code: string
  /** With an ellipsis for each value. */
  readonly sentences: Set<string>
  readonly hints: Set<string>
}

/** The errors that are raised by name in files of some folders, by code. */
export function raisedIn(root: string, folders: readonly string[]): Raised[] {
  const found = new Map<string, Raised>()
  for (const file of folders.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root })).toSorted()) {
    const text = readFileSync(join(root, file), "utf8")
    if (!/\b(OnusError|refusal)\(/.test(text)) continue
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext)
    for (const [code, sentence, hint] of raisedBy(source)) {
      const raised = found.get(code) ?? { code, sentences: new Set(), hints: new Set() }
      found.set(code, raised)
      if (sentence) raised.sentences.add(sentence)
      if (hint) raised.hints.add(hint)
    }
  }
  return [...found.values()].toSorted((a, b) => (a.code < b.code ? -1 : 1))
}

/** `new OnusError(code, sentence, { hint })` and `refusal(code, sentence)`, wherever they stand. */
function raisedBy(source: ts.SourceFile): [code: string, sentence: string, hint: string][] {
  const raised: [string, string, string][] = []
  const visit = (node: ts.Node): void => {
    ts.forEachChild(node, visit)
    const isNew = ts.isNewExpression(node)
    if (!isNew && !ts.isCallExpression(node)) return
    if (!ts.isIdentifier(node.expression) || node.expression.text !== (isNew ? "OnusError" : "refusal"))
      return
    const [code, sentence, options] = node.arguments ?? []
    if (!code || !ts.isStringLiteral(code)) return
    const hint = isNew ? hintIn(options) : hintOf(code.text)
    raised.push([code.text, textOf(sentence), hint])
  }
  visit(source)
  return raised
}

const hintOf = (code: string): string => (HINTS as Readonly<Record<string, string>>)[code] ?? ""

function hintIn(options: ts.Expression | undefined): string {
  if (!options || !ts.isObjectLiteralExpression(options)) return ""
  const hint = options.properties.find(
    (property): property is ts.PropertyAssignment =>
      ts.isPropertyAssignment(property) && ts.isIdentifier(property.name) && property.name.text === "hint",
  )?.initializer
  if (!hint) return ""
  if (ts.isPropertyAccessExpression(hint)) return hintOf(hint.name.text)
  return textOf(hint)
}

/** A literal, with an ellipsis for each value in it; nothing if it is made elsewhere. */
function textOf(node: ts.Expression | undefined): string {
  if (!node) return ""
  if (ts.isStringLiteralLike(node)) return node.text
  if (ts.isTemplateExpression(node))
    return [node.head.text, ...node.templateSpans.map(({ literal }) => `…${literal.text}`)].join("")
  if (ts.isBinaryExpression(node)) return textOf(node.left) + textOf(node.right)
  return ""
}
