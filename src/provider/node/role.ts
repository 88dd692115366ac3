import { type OnusError, isOnusError } from "../../protocol/errors.ts"
import type { NodeConfig } from "../../service/config/node-config.ts"
import type { Loop } from "../../service/loop.ts"
import type { Composition } from "./compose.ts"
import { type Foundation, holderOf, isAlone } from "./foundation.ts"
import { type Instruments, watched } from "../../service/instruments.ts"
import { type LoopParts, startSending } from "./loops.ts"
import { adoptOrphans } from "./resume.ts"
import { type Sender, lastRound, openSender } from "./sender.ts"

/** Loops that need not look at every head. */
const SELDOM = new Set(["release", "gauges", "orphans"])
/** Seconds between two looks for what replicas have left behind. */
const ADOPT_EVERY = 20
/** Seconds between two attempts to take a role that another process has. */
const RETRY_EVERY = 5

export interface RoleParts {
  readonly config: NodeConfig
  readonly instruments: Instruments
  readonly foundation: Foundation
  readonly composition: Composition
  /** Told when another process may have the role: this one must end. */
  readonly lost: (error: OnusError) => void
}

/**
 * The role of the one process that sends for a provider: it anchors, answers and releases. Whoever holds the lock has it; the others
 * wait for it and serve meanwhile.
 */
export class SendingRole {
  readonly #parts: RoleParts
  #hasLock: boolean
  #sender: Sender | undefined
  #loops: readonly Loop[] = []
  #waiting: Loop | undefined

  constructor(parts: RoleParts) {
    this.#parts = parts
    this.#hasLock = isAlone(parts.config)
  }

  /** Begins to send, at once or when the lock can be had. */
  start(loops: LoopParts): void {
    const { instruments } = this.#parts
    this.#waiting = watched(instruments, "role", RETRY_EVERY, async () => {
      if (this.#sender) return
      if (!this.#hasLock && !(await this.#tryTake())) return
      const sender = await this.#open()
      this.#sender = sender
      this.#loops = [...startSending(loops, sender), this.#startAdoption()]
      instruments.log.info({}, "This process sends transactions for the provider")
    })
  }

  /** Has everything look at a new head at once. */
  poke(): void {
    for (const loop of this.#loops) if (!SELDOM.has(loop.name)) loop.poke()
  }

  /** Does what cannot wait for the next start, and waits until it is done. */
  async drain(): Promise<void> {
    const { view } = this.#parts.composition.observer
    if (!this.#sender || !view) return
    // Two must not look after the same batches at the same time.
    await Promise.all(
      this.#loops.filter(({ name }) => name === "anchoring" || name === "defence").map((loop) => loop.stop()),
    )
    await lastRound(this.#sender, view)
    await this.#sender.transactions.idle()
  }

  async stop(): Promise<void> {
    await this.#waiting?.stop()
    await Promise.all(this.#loops.map((loop) => loop.stop()))
    await this.#sender?.transactions.close()
  }

  #startAdoption(): Loop {
    const { instruments, foundation, composition } = this.#parts
    const { journal } = foundation
    const { issuer } = composition
    const living = () => composition.living()
    const { log } = instruments
    return watched(instruments, "orphans", ADOPT_EVERY, () => adoptOrphans({ journal, living, issuer, log }))
  }

  async #tryTake(): Promise<boolean> {
    const { foundation, config } = this.#parts
    try {
      await foundation.database.lock("sender", holderOf(config), (error) => this.#lose(error))
      this.#hasLock = true
      return true
    } catch (error) {
      if (isOnusError(error, "LockHeld")) return false
      throw error
    }
  }

  /** Another process may send from now on: this one starts nothing more, while the rest of it comes to its end. */
  #lose(error: OnusError): void {
    for (const loop of this.#loops) void loop.stop()
    void this.#sender?.transactions.close()
    this.#parts.lost(error)
  }

  #open(): Promise<Sender> {
    const { config, instruments, foundation, composition } = this.#parts
    const { heads, keys } = foundation
    const { cover, inclusions, amounts } = composition
    return openSender({
      ...foundation,
      config,
      instruments,
      key: keys.sending,
      cover,
      inclusions,
      hashOf: (number) => heads.hashOf(number),
      minRelease: amounts.parse("release.min_value", config.release.minValue),
    })
  }
}
