import { OnusError } from "../../protocol/errors.ts"
import { Body } from "../../protocol/program.ts"
import type { OnnxGraph } from "../onnx/graph.ts"
import { lowerParts } from "./lower.ts"
import { OPERATORS } from "./operators/index.ts"
import type { ProgramParts } from "./program.ts"
import { product } from "./view.ts"

/** What a graph consists of, whether or not it can be lowered. */
export interface Inspection {
  /** How often each operator occurs, in the order of first use; operators of other domains as `domain.Name`. */
  readonly operators: Readonly<Record<string, number>>
  /** Elements of all constants of the file. */
  readonly parameters: number
  /** Multiplications of all dot products of one run; `undefined` if the graph cannot be lowered. */
  readonly multiplyAccumulates: number | undefined
  /** Steps of the program; `undefined` if the graph cannot be lowered. */
  readonly steps: number | undefined
  /** Operators that are not supported at all, then the first other reason why the graph cannot be lowered. */
  readonly unsupported: readonly string[]
}

/** Looks at a graph without running it. Open dimensions are a reason like any other. */
export function inspect(graph: OnnxGraph): Inspection {
  const counts = new Map<string, number>()
  for (const { domain, opType } of graph.nodes) {
    const name = domain === "" ? opType : `${domain}.${opType}`
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  const unknown = [...counts.keys()].filter((name) => !Object.hasOwn(OPERATORS, name))
  const unsupported = unknown.map((name) => `operator ${name}`)
  let parts: ProgramParts | undefined
  if (unknown.length === 0) {
    try {
      parts = lowerParts(graph)
    } catch (error) {
      if (!(error instanceof OnusError)) throw error
      unsupported.push(error.message)
    }
  }
  return {
    operators: Object.fromEntries(counts),
    parameters: [...graph.initializers.values()].reduce((sum, { dims }) => sum + product(dims), 0),
    multiplyAccumulates: parts && multiplyAccumulates(parts),
    steps: parts?.steps.length,
    unsupported,
  }
}

/** Multiplications of all dot products of one run. */
export function multiplyAccumulates({ steps }: Pick<ProgramParts, "steps">): number {
  const dots = steps.filter((step) => step.body === Body.Dot)
  return dots.reduce((sum, { output, reduction }) => sum + output.length * product(reduction), 0)
}
