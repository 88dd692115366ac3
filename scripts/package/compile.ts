import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import ts from "typescript"
import { withoutBytecode } from "./without-bytecode.ts"

/** Relative imports of declarations keep the name of the source; what is published beside them are scripts. */
const SOURCE_IMPORT = /((?:\bfrom|\bimport\()\s*"\.[^"]*)\.ts"/g

/**
 * Compiles modules, and what they import, to JavaScript with declarations.
 *
 * @param root Folder of the project; files keep their places in it below `folder`.
 * @returns what else they import: packages, and the project's own `#names`.
 * @throws Error with what the compiler says.
 */
export function compile(root: string, modules: readonly string[], folder: string): Set<string> {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: object }
  }
  const { options } = ts.convertCompilerOptionsFromJson(
    {
      ...config.compilerOptions,
      noEmit: false,
      declaration: true,
      rewriteRelativeImportExtensions: true,
      rootDir: root,
      outDir: folder,
      types: ["node"],
      // That types are right is a stage of `npm test`.
      noCheck: true,
    },
    root,
  )
  const program = ts.createProgram(
    modules.map((name) => join(root, name)),
    options,
  )
  const imported = new Set<string>()
  const { diagnostics } = program.emit(undefined, (path, text) => {
    const isScript = path.endsWith(".js")
    if (isScript) for (const name of packagesIn(text)) imported.add(name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, isScript ? withoutBytecode(text) : text.replace(SOURCE_IMPORT, '$1.js"'))
  })
  const problems = [...ts.getPreEmitDiagnostics(program), ...diagnostics]
  if (problems.length > 0)
    throw new Error(
      ts.formatDiagnostics(problems, {
        getCanonicalFileName: (name) => name,
        getCurrentDirectory: () => root,
        getNewLine: () => "\n",
      }),
    )
  return imported
}

const packagesIn = (text: string): string[] =>
  ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => !name.startsWith("."))
