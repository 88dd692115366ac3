import { dirname } from "node:path"
import type { Alerts } from "./alerts.ts"
import type { ChainConfig } from "./config/shared-config.ts"
import { diskProblem, diskSpace, isNearlyFull } from "./disk.ts"
import type { Loop } from "./loop.ts"
import type { Metrics } from "./metrics/metrics.ts"
import type { Readiness } from "./readiness.ts"

/** A loop without which promises are not kept. */
export interface Duty {
  readonly loop: Pick<Loop, "name" | "lastSuccess">
  /** Unix seconds of the machine's clock. */
  readonly begun: number
}

/** Something else that must be in order. */
export interface Probe {
  /** As in `Problem`. */
  readonly check: string
  readonly code: string
  /** Finds out. @returns what is wrong, in a sentence; undefined if nothing is. */
  readonly look: () => Promise<string | undefined>
}

/** Seconds that a loop may go on failing: each run may take five minutes, and an answer to a challenge has some hours. */
const LONGEST_FAILURE = 900

export interface VitalsOptions {
  readonly chain: Pick<ChainConfig, "poll" | "timeout" | "stalledAfter">
  /** Seconds by which the machine's clock and the chain's may differ: before operators are told, and before no new work is taken. */
  readonly skew: { readonly warn: number; readonly most: number }
  readonly disk: {
    /** Where what must be kept is: `sqlite:` with a path; of a server nothing is known. */
    readonly url: string
    /** Bytes that must be free beside it. */
    readonly least: number
  }
  /** Of the chain: seconds since a new block was seen, and seconds that the machine's clock was ahead of it then. */
  readonly heads: { readonly age: number; readonly skew: number | undefined }
  /** Milliseconds of the machine's clock when the chain was last looked at. */
  readonly lastLook: () => number
  /** Loops without which promises are not kept. */
  readonly duties: readonly Duty[]
  readonly probes: readonly Probe[]
  readonly readiness: Readiness
  readonly alerts: Alerts
  readonly metrics: Metrics
}

/** Checks what a program itself needs to go on: nodes of the chain, new blocks, a clock, a disk, loops that do their work. */
export class Vitals {
  readonly #options: VitalsOptions

  constructor(options: VitalsOptions) {
    this.#options = options
  }

  /** Checks everything once. */
  async tick(): Promise<void> {
    this.#checkRpc()
    this.#checkHead()
    this.#checkClock()
    this.#checkDuties()
    await this.#checkDisk()
    for (const { check, code, look } of this.#options.probes) {
      const problem = await look()
      this.#report(check, problem !== undefined, code, problem ?? "")
    }
  }

  #checkRpc(): void {
    const { chain, lastLook } = this.#options
    const silence = (Date.now() - lastLook()) / 1000
    const message = `No node of the chain has answered for ${Math.round(silence)} s`
    this.#report("rpc", silence > 3 * chain.poll + 2 * chain.timeout, "RpcUnreachable", message)
  }

  #checkHead(): void {
    const { chain, heads } = this.#options
    const message = `There was no new block for ${Math.round(heads.age)} s`
    this.#report("head", heads.age > chain.stalledAfter, "NoNewHeads", message)
  }

  /** The chain's time decides everything on-chain; a clock that is far off says that one of both is wrong. */
  #checkClock(): void {
    const { heads, metrics, skew } = this.#options
    const found = heads.skew ?? 0
    metrics.clockSkew.set(found)
    const size = Math.abs(found)
    const message = `The machine's clock is ${Math.abs(Math.round(found))} s ${found < 0 ? "behind" : "ahead of"} the latest block's`
    this.#report("clock", size > skew.most, "ClockSkewed", message, size > skew.warn)
  }

  /** Who cannot see challenges, or not anchor, for long must promise no more: nodes may serve all but logs. */
  #checkDuties(): void {
    for (const { loop, begun } of this.#options.duties) {
      const { name, lastSuccess = begun } = loop
      const silence = Math.round(Date.now() / 1000 - lastSuccess)
      const message = `The loop "${name}" has not done its work for ${silence} s: the log says why`
      this.#report(`loop-${name}`, silence > LONGEST_FAILURE, "DutyFailing", message, false, name)
    }
  }

  async #checkDisk(): Promise<void> {
    const { disk, metrics } = this.#options
    const file = /^sqlite:(.+)$/s.exec(disk.url)?.[1]
    if (file === undefined) return
    const space = await diskSpace(dirname(file))
    metrics.diskFree.set(space.free)
    metrics.diskUsed.set(space.used)
    const problem = diskProblem(space, disk.least)
    const share = `${Math.round(100 * space.used)} % of the disk of the database are used`
    const message = problem?.message ?? share
    this.#report("disk", problem !== undefined, "DiskNearlyFull", message, isNearlyFull(space))
  }

  /** @param isNear whether operators should be told though nothing is wrong yet. */
  #report(
    check: string,
    isWrong: boolean,
    code: string,
    message: string,
    isNear = false,
    subject?: string,
  ): void {
    const { readiness, alerts } = this.#options
    const about = { code, ...(subject === undefined ? {} : { subject }) }
    readiness.report(check, isWrong ? { code, message } : undefined)
    if (isWrong) alerts.raise({ ...about, severity: "critical", message: `${message}: no new work is taken` })
    else if (isNear) alerts.raise({ ...about, severity: "warning", message })
    else alerts.resolve(code, subject)
  }
}
