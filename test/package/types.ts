import { join } from "node:path"
import ts from "typescript"

/** What was read for the last check serves the next one. */
let last: ts.Program | undefined

/** What the compiler says of an application's files in a strict project. */
export function problemsOf(folder: string, files: readonly string[]): string[] {
  last = ts.createProgram(
    files.map((file) => join(folder, file)),
    {
      strict: true,
      noEmit: true,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      moduleDetection: ts.ModuleDetectionKind.Force,
      jsx: ts.JsxEmit.ReactJSX,
      target: ts.ScriptTarget.ES2024,
      lib: ["lib.es2024.d.ts", "lib.dom.d.ts"],
      skipLibCheck: true,
      types: [],
    },
    undefined,
    last,
  )
  return ts
    .getPreEmitDiagnostics(last)
    .map(
      ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    )
}
