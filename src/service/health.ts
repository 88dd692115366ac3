import type { Loop } from "./loop.ts"
import type { Problem, Readiness } from "./readiness.ts"

/** Whether the process works: what `/healthz` answers. A supervisor restarts one that does not. */
export interface Alive {
  readonly isAlive: boolean
  readonly loops: readonly {
    readonly name: string
    readonly isAlive: boolean
    readonly lastSuccess: number | null
  }[]
}

/** Whether new work is taken, and why not: what `/readyz` answers. */
export interface Ready {
  readonly isReady: boolean
  readonly problems: readonly Problem[]
}

export interface Health {
  /** Lets a loop count. */
  watch(loop: Loop): void
  alive(): Alive
  ready(): Ready
}

/** What a program says about its own state. A node that cannot be reached keeps work away, but kills no process. */
export function createHealth(readiness: Readiness): Health {
  const loops: Loop[] = []
  return {
    watch: (loop) => void loops.push(loop),
    alive() {
      const states = loops.map(({ name, isAlive, lastSuccess }) => ({
        name,
        isAlive,
        lastSuccess: lastSuccess ?? null,
      }))
      return { isAlive: states.every(({ isAlive }) => isAlive), loops: states }
    },
    ready: () => ({ isReady: readiness.isReady, problems: readiness.problems }),
  }
}
