import { packageOf } from "./solidity.ts"

/** What is read of the project's own package.json. */
export interface Project {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly license: string
  readonly exports: Readonly<Record<string, string>>
  readonly imports: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
}

/** What browsers get from elsewhere. Threads are not in the package. */
const REPLACED = ["#sha1", "#sha256"]

/** Modules that the project exports as sources, and those that stand in for others in browsers. */
export function modulesOf({ exports, imports }: Project): string[] {
  const sources = Object.values(exports).filter((path) => path.endsWith(".ts"))
  const replaced = REPLACED.flatMap((name) => Object.values(imports[name]))
  return [...sources, ...replaced]
}

/**
 * The package.json of what is published: exports as the project's own, of what they were compiled to; of its dependencies those
 * that are imported.
 *
 * @param imported Specifiers in the scripts, and packages in Solidity files.
 */
export function manifestOf(project: Project, imported: ReadonlySet<string>): object {
  const { name, version, description, license, exports, imports, dependencies, peerDependencies } = project
  const packages = new Set([...imported].map(packageOf))
  const used = Object.entries(dependencies).filter(([dependency]) => packages.has(dependency))
  const isKnown = (specifier: string) =>
    specifier in dependencies || specifier in peerDependencies || /^[#.]|^node:/.test(specifier)
  for (const specifier of packages)
    if (!isKnown(specifier)) throw new Error(`${specifier} is imported and no dependency of the project`)
  return {
    name,
    version,
    description,
    license,
    type: "module",
    sideEffects: false,
    engines: { node: ">=20" },
    exports: mapValues(exports, published),
    imports: mapValues(
      Object.fromEntries(Object.entries(imports).filter(([specifier]) => imported.has(specifier))),
      (conditions) => mapValues(conditions, compiled),
    ),
    dependencies: Object.fromEntries(used),
    peerDependencies,
    peerDependenciesMeta: mapValues(peerDependencies, () => ({ optional: true })),
  }
}

const compiled = (path: string): string => path.replace(/^\.\/dist\//, "./").replace(/\.ts$/, ".js")

function published(path: string): string | Record<string, string> {
  const script = compiled(path)
  return script.endsWith(".js") ? { types: script.replace(/\.js$/, ".d.ts"), default: script } : script
}

const mapValues = <V, W>(record: Readonly<Record<string, V>>, map: (value: V) => W): Record<string, W> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]))
