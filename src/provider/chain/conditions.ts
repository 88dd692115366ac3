import type { Alerts } from "../../service/alerts.ts"
import type { Readiness } from "../../service/readiness.ts"
import type { Actors, KeyValidity } from "./state.ts"
import { type View, isPaused, timeOf } from "./view.ts"
import { Role } from "../../protocol/role.ts"

/** Seconds before its end from which on operators are told of a key. */
const KEY_WARNING = 7 * 86_400

export interface ConditionsOptions {
  readonly actors: Actors
  readonly readiness: Readiness
  readonly alerts: Alerts
  /** Seconds in which an answer is anchored, at the longest. */
  readonly anchorWithin: number
  /** Wei that only answers to challenges may spend. */
  readonly gasReserve: bigint
  /** Wei below which operators are told. */
  readonly gasWarning: bigint
}

/** Says with every head whether the provider can promise anything, and why not. */
export class Conditions {
  readonly #options: ConditionsOptions
  #active: bigint | undefined

  constructor(options: ConditionsOptions) {
    this.#options = options
  }

  judge(view: View): void {
    this.#judgeHolds(view)
    this.#judgeGas(view)
    this.#judgeStake(view)
    const { actors } = this.#options
    const { signingKey, sendingKey } = view.state
    this.#judgeKey("signing-key", actors.signing, signingKey, Role.Sign, view, 0)
    const isOwner = actors.sending.toLowerCase() === actors.provider.toLowerCase()
    if (!isOwner)
      this.#judgeKey("sending-key", actors.sending, sendingKey, Role.Anchor, view, this.#options.anchorWithin)
  }

  #judgeHolds(view: View): void {
    const { readiness, alerts, actors } = this.#options
    const { pausedUntil, tombstoned } = view.state
    const paused = `Anchors are paused for everybody until ${pausedUntil}`
    readiness.report("paused", isPaused(view) ? { code: "AnchorsPaused", message: paused } : undefined)
    if (isPaused(view)) alerts.raise({ code: "AnchorsPaused", severity: "warning", message: paused })
    else alerts.resolve("AnchorsPaused")
    const message = `Provider ${actors.provider} is excluded for ever`
    readiness.report("tombstoned", tombstoned ? { code: "ProviderTombstoned", message } : undefined)
    if (tombstoned) alerts.raise({ code: "ProviderTombstoned", severity: "critical", message })
  }

  /** Stake that leaves can be promised no more; if nobody meant it to, the owner's key is in other hands. */
  #judgeStake({ state: { active, block } }: View): void {
    const before = this.#active
    this.#active = active
    if (before === undefined || active >= before) return
    this.#options.alerts.raise({
      code: "StakeReduced",
      severity: "warning",
      subject: block.hash,
      message: `The active stake fell from ${before} to ${active} units by block ${block.number}: it was taken out, or by a conviction`,
    })
  }

  #judgeGas({ state: { balance } }: View): void {
    const { readiness, alerts, actors, gasReserve, gasWarning } = this.#options
    const message = `The sending account ${actors.sending} has ${balance} wei`
    const problem = {
      code: "GasTooLow",
      message: `${message}; ${gasReserve} are kept for answers to challenges`,
    }
    readiness.report("gas", balance < gasReserve ? problem : undefined)
    // As the sender of transactions writes it: one account, one alert.
    const subject = actors.sending.toLowerCase()
    if (balance >= gasWarning) return alerts.resolve("GasLow", subject)
    const severity = balance < gasReserve ? "critical" : "warning"
    alerts.raise({
      code: "GasLow",
      severity,
      subject,
      message: `${message}: send it some of the chain's coin`,
    })
  }

  /** @param after seconds after now at which the key must still count. */
  #judgeKey(
    check: string,
    address: string,
    { from, until, roles }: KeyValidity,
    role: number,
    view: View,
    after: number,
  ): void {
    const { readiness, alerts } = this.#options
    const now = BigInt(timeOf(view))
    const isGood = (roles & role) !== 0 && from <= now && now + BigInt(after) < until
    const message = `The ${check.replace("-", " ")} ${address} counts until ${until}; it is ${now}`
    readiness.report(check, isGood ? undefined : { code: "KeyNotValid", message })
    if (isGood && until > now + BigInt(KEY_WARNING)) return alerts.resolve("KeyExpiring", address)
    alerts.raise({
      code: "KeyExpiring",
      severity: isGood ? "warning" : "critical",
      subject: address,
      message: `${message}: have the owner add another key, and name it in the configuration`,
    })
  }
}
