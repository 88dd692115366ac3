import { raisedIn } from "./raised.ts"
import { revertsOf } from "./reverts.ts"

/** What the package for applications holds. */
const FOLDERS = ["protocol", "engine", "sdk", "facts", "react"].map((name) => `src/${name}`)

const cell = (text: string): string =>
  text.replaceAll("|", "\\|").replaceAll("\n", " ").replaceAll("<", "&lt;")
const row = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`
const joined = (texts: Iterable<string>): string => [...texts].map(cell).join("<br>")

/** The text of docs/errors.md. @param root of the project, whose contracts are compiled. */
export const errorGuide = (root: string): string => `# Errors

Written by \`npm run errors\`. What is thrown is an \`OnusError\`: \`code\` is stable, \`message\` is a sentence with the value (\`…\` here), \`hint\` says
what to do. A revert has the contract's name for it as its code, and its values in the message.

## Of the SDK, facts and engine

${row("code", "says", "what to do")}
${row("---", "---", "---")}
${raisedIn(root, FOLDERS)
  .map(({ code, sentences, hints }) => row(`\`${code}\``, joined(sentences), joined(hints)))
  .join("\n")}

## Of the contracts

${row("error", "of", "what to do")}
${row("---", "---", "---")}
${revertsOf(root)
  .map(({ signature, contracts, hint }) => row(`\`${signature}\``, contracts.join(", "), cell(hint)))
  .join("\n")}
`
