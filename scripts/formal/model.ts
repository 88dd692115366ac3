import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import type { Mutant } from "./mutants.ts"

/** An `assert` of a model. */
export interface Assertion {
  readonly condition: string
  /** The comment above it. */
  readonly claim: string
  readonly line: number
  /** Where it stands in the source. */
  readonly start: number
  /** The solver's question: is there a sequence of calls that ends in a violation? */
  readonly query: { readonly id: string; readonly text: string }
}

export interface Model {
  readonly name: string
  readonly source: string
  readonly assertions: readonly Assertion[]
}

export type Verdict = "proved" | "counterexample" | "unknown"

interface Output {
  readonly errors?: readonly {
    readonly severity: string
    readonly errorCode?: string
    readonly message: string
    readonly formattedMessage: string
    readonly sourceLocation?: { readonly start: number }
  }[]
  readonly auxiliaryInputRequested?: { readonly smtlib2queries?: Readonly<Record<string, string>> }
}

const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string }

const ASSERTION = /\/\/ (.+)\n\s*assert\(([^;]+)\);/g
/** The number that the compiler gave to the violation that a query is about. */
const TARGET = /error_target_(\d+)\w* false/
const SAFE = "9576"
const VIOLATION = "6328"

/** The model of that name, or a mutant of it, with the compiler's question for each of its assertions. */
export function loadModel(name: string, mutant?: Mutant): Model {
  const original = readFileSync(new URL(`../../formal/${name}.sol`, import.meta.url), "utf8")
  const source = mutant ? mutate(original, mutant) : original
  const output = check(name, source)
  const failure = output.errors?.find(({ severity }) => severity === "error")
  if (failure) throw new Error(failure.formattedMessage)
  const queries = Object.entries(output.auxiliaryInputRequested?.smtlib2queries ?? {})
    .map(([id, text]) => ({ id, text }))
    .sort((a, b) => targetOf(a.text) - targetOf(b.text))
  const found = [...source.matchAll(ASSERTION)]
  const count = source.split("assert(").length - 1
  if (found.length !== count) throw new Error(`${name}: an assertion has no comment above it`)
  if (queries.length !== count) throw new Error(`${name}: ${count} assertions, ${queries.length} queries`)
  const assertions = found.map(([text, claim, condition], i) => {
    const start = found[i].index + text.lastIndexOf("assert(")
    const line = source.slice(0, start).split("\n").length
    return { condition, claim, line, start, query: queries[i] }
  })
  return { name, source, assertions }
}

/** What the compiler says about an assertion when it reads the solver's answer to its query and to no other. */
export function readVerdict({ name, source }: Model, { start, query }: Assertion, answer: string): Verdict {
  const messages = check(name, source, { [query.id]: answer }).errors ?? []
  const here = messages.filter(({ sourceLocation }) => sourceLocation?.start === start)
  if (here.some(({ errorCode }) => errorCode === SAFE)) return "proved"
  const violated = here.some(
    ({ errorCode, message }) => errorCode === VIOLATION && message.includes("happens here"),
  )
  return violated ? "counterexample" : "unknown"
}

function mutate(source: string, { name, from, to }: Mutant): string {
  const [before, after, ...more] = source.split(from)
  if (after === undefined) throw new Error(`"${name}": the model has no such text`)
  // The first one: claims and payouts look alike.
  return [before + to + after, ...more].join(from)
}

function targetOf(query: string): number {
  const target = TARGET.exec(query)
  if (!target) throw new Error("A query is about no assertion")
  return Number(target[1])
}

function check(name: string, content: string, smtlib2responses: Record<string, string> = {}): Output {
  const input = {
    language: "Solidity",
    sources: { [`${name}.sol`]: { content } },
    auxiliaryInput: { smtlib2responses },
    settings: {
      modelChecker: {
        engine: "chc",
        solvers: ["smtlib2"],
        targets: ["assert"],
        showProvedSafe: true,
        showUnproved: true,
      },
    },
  }
  return JSON.parse(solc.compile(JSON.stringify(input))) as Output
}
