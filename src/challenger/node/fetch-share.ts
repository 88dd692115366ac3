import type { Alerts } from "../../service/alerts.ts"

/** Findings that are looked back at. */
const WINDOW = 100
/** Before so many, a share says nothing. */
const LEAST = 10
const HIGH = 0.25

/** Tells when too much of what should be checked cannot be had: who hides its evidence must not be taken for honest. */
export class FetchShare {
  readonly #alerts: Alerts
  readonly #recent: boolean[] = []

  constructor(alerts: Alerts) {
    this.#alerts = alerts
  }

  /** Takes note of a finding. */
  note(verdict: string): void {
    this.#recent.push(verdict === "unfetchable")
    if (this.#recent.length > WINDOW) this.#recent.shift()
    const share = this.#recent.filter(Boolean).length / this.#recent.length
    if (this.#recent.length < LEAST || share < HIGH) return this.#alerts.resolve("FetchFailing")
    this.#alerts.raise({
      code: "FetchFailing",
      severity: "warning",
      message: `${Math.round(100 * share)} % of the last ${this.#recent.length} answers could not be had: the log names the providers and what they said`,
    })
  }
}
