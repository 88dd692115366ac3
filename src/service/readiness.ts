/** Why a program takes no new work. */
export interface Problem {
  /** The check that fails: `rpc`, `cover`, `gas`, `disk`, `journal`, `clock`, `self-check`, ... */
  readonly check: string
  readonly code: string
  readonly message: string
}

/** What must be in order before new work is taken. A program that answers challenges goes on doing so, ready or not. */
export class Readiness {
  readonly #problems = new Map<string, Problem>()
  readonly #scrub: (text: string) => string

  /** @param scrub takes what nobody may read out of messages: clients are told them, too. */
  constructor(scrub: (text: string) => string = (text) => text) {
    this.#scrub = scrub
  }

  /** Says how a check stands: in order, or with a problem. */
  report(check: string, problem?: Omit<Problem, "check">): void {
    if (problem) this.#problems.set(check, { check, ...problem, message: this.#scrub(problem.message) })
    else this.#problems.delete(check)
  }

  get isReady(): boolean {
    return this.#problems.size === 0
  }

  get problems(): readonly Problem[] {
    return [...this.#problems.values()]
  }
}
