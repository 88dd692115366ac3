import { dirname } from "node:path"
import { isOnusError } from "../../protocol/errors.ts"
import type { NodeConfig } from "../../service/config/node-config.ts"
import { diskProblem, diskSpace, isNearlyFull } from "../../service/disk.ts"
import type { Alerts } from "../../service/alerts.ts"
import type { Loop } from "../../service/loop.ts"
import type { Metrics } from "../../service/metrics/metrics.ts"
import type { Readiness } from "../../service/readiness.ts"
import type { Facts } from "../reconcile/facts.ts"

/** A loop without which promises are not kept. */
export interface Duty {
  readonly loop: Pick<Loop, "name" | "lastSuccess">
  /** Unix seconds of the machine's clock. */
  readonly begun: number
}

/** Seconds that a loop may go on failing: each run may take five minutes, and an answer to a challenge has some hours. */
const LONGEST_FAILURE = 900

export interface VitalsOptions {
  readonly config: NodeConfig
  /** Of the chain: seconds since a new block was seen, and seconds that the machine's clock was ahead of it then. */
  readonly heads: { readonly age: number; readonly skew: number | undefined }
  /** Milliseconds of the machine's clock when the chain was last looked at. */
  readonly lastLook: () => number
  readonly facts: Facts
  /** Loops without which promises are not kept: what anchors, and sees and answers challenges. */
  readonly duties: readonly Duty[]
  /** Says to other replicas that this one lives. */
  readonly beat: () => Promise<void>
  readonly readiness: Readiness
  readonly alerts: Alerts
  readonly metrics: Metrics
}

/** Checks what the node itself needs to go on: nodes of the chain, new blocks, a clock, a disk, a journal that takes writes. */
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
    await this.#checkJournal()
  }

  #checkRpc(): void {
    const { config, lastLook } = this.#options
    const { poll, timeout } = config.chain
    const silence = (Date.now() - lastLook()) / 1000
    const message = `No node of the chain has answered for ${Math.round(silence)} s`
    this.#report("rpc", silence > 3 * poll + 2 * timeout, "RpcUnreachable", message)
  }

  #checkHead(): void {
    const { config, heads } = this.#options
    const message = `There was no new block for ${Math.round(heads.age)} s`
    this.#report("head", heads.age > config.chain.stalledAfter, "NoNewHeads", message)
  }

  /** The chain's time decides everything on-chain; a clock that is far off says that one of both is wrong. */
  #checkClock(): void {
    const { config, heads, metrics } = this.#options
    const { maxClockSkew, warnClockSkew } = config.checks
    const skew = heads.skew ?? 0
    metrics.clockSkew.set(skew)
    const size = Math.abs(skew)
    const message = `The machine's clock is ${Math.abs(Math.round(skew))} s ${skew < 0 ? "behind" : "ahead of"} the latest block's`
    this.#report("clock", size > maxClockSkew, "ClockSkewed", message, size > warnClockSkew)
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
    const { config, metrics } = this.#options
    const file = /^sqlite:(.+)$/s.exec(config.journal.url)?.[1]
    if (file === undefined) return
    const space = await diskSpace(dirname(file))
    metrics.diskFree.set(space.free)
    metrics.diskUsed.set(space.used)
    const problem = diskProblem(space, config.checks.minDisk)
    const share = `${Math.round(100 * space.used)} % of the journal's disk are used`
    const message = problem?.message ?? share
    this.#report("disk", problem !== undefined, "DiskNearlyFull", message, isNearlyFull(space))
  }

  /** Only a write shows whether one is possible. */
  async #checkJournal(): Promise<void> {
    const { facts, config } = this.#options
    try {
      await this.#checkShare()
      await facts.set(`alive-${config.journal.replica}`, String(Date.now()))
      this.#report("journal", false, "JournalUnwritable", "")
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.#report("journal", true, "JournalUnwritable", `The journal takes no writes: ${reason}`)
    }
  }

  /** Who was silent for long must not promise what others took over meanwhile. */
  async #checkShare(): Promise<void> {
    try {
      await this.#options.beat()
      this.#report("share", false, "SharesTooLarge", "")
    } catch (error) {
      if (!isOnusError(error, "SharesTooLarge")) throw error
      this.#report("share", true, error.code, error.message)
    }
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
