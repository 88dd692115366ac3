import { PROOF_LIMITS } from "../../engine/program/proof-cost.ts"
import type { Program } from "../../engine/program/program.ts"
import { type Report, emphasise, fields, table } from "../output.ts"
import type { SampledStep } from "./check-steps.ts"
import { primitiveOf } from "../../engine/audit/primitive.ts"
import type { StepCost } from "../../engine/program/provable.ts"

/** What is known of every step of a program, and whether all of it is as it should be. */
export interface Findings {
  readonly program: Program
  readonly seed: number
  readonly costs: readonly StepCost[]
  /** By step; those that no transactions could prove are not there. */
  readonly sampled: ReadonlyMap<number, SampledStep>
}

export interface CheckReport extends Report {
  readonly data: { readonly holds: boolean }
}

export function report(findings: Findings): CheckReport {
  const { program, seed } = findings
  const nodes = findings.costs.map((cost) => nodeOf(findings, cost))
  const sum = (name: "samples" | "mismatches" | "convicted") =>
    nodes.reduce((all, node) => all + node[name], 0)
  const facts = {
    modelId: program.modelId,
    provable: nodes.every(({ transactions }) => transactions !== null),
    steps: nodes.length,
    seed,
    samples: sum("samples"),
    mismatches: sum("mismatches"),
    convicted: sum("convicted"),
    underestimated: nodes.filter(isUnderestimated).length,
  }
  const isAgreed = facts.mismatches === 0 && facts.convicted === facts.samples
  const holds = facts.provable && isAgreed && facts.underestimated === 0
  const problems = nodes.flatMap(({ step, problem }) =>
    problem === null ? [] : [`step ${step}: ${problem}`],
  )
  const data = { holds, ...facts, limits: PROOF_LIMITS, nodes }
  return {
    data,
    lines: [verdict(holds), ...fields(facts), ...problems, "", ...table([HEAD, ...nodes.map(row)])],
  }
}

/** What is left to say of a program that is none. */
export function invalidReport({ modelId }: Program, invalid: string): CheckReport {
  const data = { holds: false, modelId, invalid }
  return { data, lines: [verdict(false), ...fields({ modelId, invalid })] }
}

const verdict = (holds: boolean): string =>
  emphasise(holds ? "green" : "red", holds ? "holds" : "does not hold")

function nodeOf({ program, sampled }: Findings, { step, gas, bytes, transactions }: StepCost) {
  const { output } = program.steps[step]
  const own = sampled.get(step)
  return {
    step,
    primitive: primitiveOf(program.steps[step]),
    /** Name of the graph's output, if it is one. */
    output: program.outputs.find(({ tensor }) => tensor === output)?.name ?? null,
    elements: output.length,
    transactions: transactions ?? null,
    gas: { atMost: gas, measured: own?.gas ?? null },
    bytes: { atMost: bytes, measured: own?.bytes ?? null },
    samples: own?.samples ?? 0,
    mismatches: own?.mismatches ?? 0,
    convicted: own?.convicted ?? 0,
    problem: own?.problem ?? null,
  }
}

type Node = ReturnType<typeof nodeOf>

/**
 * Whether a proof took more than it was said to take at most. One that is cut into parts is judged in one piece here, where
 * memory costs more than in its parts.
 */
const isUnderestimated = ({ transactions, gas, bytes }: Node): boolean =>
  transactions === 1 && [gas, bytes].some(({ atMost, measured }) => measured !== null && measured > atMost)

const COLUMNS: Readonly<Record<string, (node: Node) => string | number>> = {
  step: ({ step }) => step,
  primitive: ({ primitive }) => primitive,
  output: ({ output }) => output ?? "",
  elements: ({ elements }) => elements,
  transactions: ({ transactions }) => transactions ?? "no",
  "gas at most": ({ gas }) => gas.atMost,
  "gas measured": ({ gas }) => gas.measured ?? "",
  "bytes at most": ({ bytes }) => bytes.atMost,
  "bytes measured": ({ bytes }) => bytes.measured ?? "",
  samples: ({ samples }) => samples,
  mismatches: ({ mismatches }) => mismatches,
  convicted: ({ convicted }) => convicted,
}
const HEAD = Object.keys(COLUMNS)
const row = (node: Node): string[] => Object.values(COLUMNS).map((cell) => String(cell(node)))
