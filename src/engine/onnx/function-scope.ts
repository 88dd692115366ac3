import { clip, malformed, quote } from "./errors.ts"
import type { OnnxNode } from "./graph.ts"
import type { FunctionMessage } from "./message.ts"

/** The names of a graph's tensors, so that new ones differ from them. */
export class Names {
  readonly #taken: Set<string>
  #serial = 0

  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken)
  }

  /** A name like `wanted` that nothing has yet. */
  fresh(wanted: string): string {
    let name = wanted
    while (this.#taken.has(name)) name = `${wanted}#${++this.#serial}`
    this.#taken.add(name)
    return name
  }
}

/** What the names in a function mean in the graph, at one call of it. */
export class Scope {
  readonly #call: OnnxNode
  readonly #names: Names
  readonly #meaning = new Map<string, string>()
  /** Names in the graph of the function's outputs, empty where the call leaves one out. */
  readonly #results = new Map<string, string>()
  readonly #made = new Set<string>()
  readonly #place: string

  /** @throws {OnusError} OnnxMalformed if the call passes or takes more than the function has. */
  constructor(call: OnnxNode, { name, input, output }: FunctionMessage, names: Names) {
    this.#call = call
    this.#names = names
    this.#place = `function ${quote(name)}, called by node ${quote(call.name)},`
    if (call.inputs.length > input.length || call.outputs.length > output.length) {
      const given = `${call.inputs.length} inputs and ${call.outputs.length} outputs`
      throw malformed(`The ${this.#place} has ${input.length} and ${output.length} instead of ${given}`)
    }
    for (const [at, formal] of input.entries()) this.#define(formal, call.inputs[at] ?? "", this.#meaning)
    for (const [at, formal] of output.entries()) this.#define(formal, call.outputs[at] ?? "", this.#results)
  }

  /** The tensor that a node of the function reads; empty for an optional input left out. */
  read(name: string): string {
    const meaning = name === "" ? "" : this.#meaning.get(name)
    if (meaning !== undefined) return meaning
    throw malformed(`The ${this.#place} reads ${quote(name)}, which nothing before makes`)
  }

  /** The tensor that a node of the function makes. */
  write(name: string): string {
    if (name === "") return ""
    const wanted = this.#results.get(name) ?? ""
    const result = wanted === "" ? this.#names.fresh(`${clip(this.#call.name)}/${clip(name)}`) : wanted
    this.#define(name, result, this.#meaning)
    this.#made.add(name)
    return result
  }

  /** Pairs of tensors, once all is made: the function returns the first, its input, as the second. */
  *returned(): Iterable<readonly [from: string, to: string]> {
    for (const [name, to] of this.#results) {
      if (this.#made.has(name)) continue
      const from = this.#meaning.get(name)
      if (!from) throw malformed(`The ${this.#place} makes no ${quote(name)} to return`)
      if (to !== "") yield [from, to]
    }
  }

  #define(name: string, meaning: string, among: Map<string, string>): void {
    if (among.has(name)) throw malformed(`The ${this.#place} has ${quote(name)} twice`)
    among.set(name, meaning)
  }
}
