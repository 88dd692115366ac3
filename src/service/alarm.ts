import type { Alert, Alerts } from "./alerts.ts"
import type { Log } from "./log.ts"
import type { Metrics } from "./metrics/metrics.ts"
import type { Scrub } from "./scrub.ts"
import { Webhook } from "./webhook.ts"

export interface AlertsOptions {
  readonly log: Log
  readonly metrics: Metrics
  readonly scrub: Scrub
  /** Says in each message which program speaks: provider, replica, chain. */
  readonly source: Readonly<Record<string, string>>
  /** A URL, and seconds for one attempt. */
  readonly webhook?: { readonly url: string; readonly timeout: number; readonly pause?: number }
}

/** More at the same time are one flood: the oldest are forgotten, and would be told again. */
const MOST_OPEN = 10_000

/** Milliseconds that alerts have to go out when the program ends. */
const LAST_WORDS = 5_000

/** Alerts in the log, in metrics, and as JSON to the webhook. */
export function createAlerts(options: AlertsOptions): Alerts & { close(): Promise<void> } {
  const { log, metrics, scrub, source, webhook } = options
  const hook = webhook && new Webhook({ ...webhook, log, metrics })
  const open = new Map<string, Alert>()

  const tell = (status: "raised" | "resolved", alert: Alert) => {
    const { code, severity, message, subject, details } = alert
    const values = {
      code,
      severity,
      ...(subject === undefined ? {} : { subject }),
      ...(details ? { details } : {}),
    }
    if (status === "resolved") log.info(values, `Over: ${message}`)
    else log[severity === "info" ? "info" : severity === "warning" ? "warn" : "error"](values, message)
    const said = { status, ...values, message, source, at: new Date().toISOString() }
    hook?.post(
      JSON.stringify(said, (_, part: unknown) => plain(part, scrub)),
      severity === "critical",
    )
  }
  const close = (key: string, alert: Alert) => {
    open.delete(key)
    metrics.alertsOpen.dec({ code: alert.code, severity: alert.severity })
  }

  return {
    raise(alert) {
      const key = keyOf(alert.code, alert.subject)
      const known = open.get(key)
      if (known?.severity === alert.severity) return
      if (known) close(key, known)
      const [oldest] = open
      if (open.size >= MOST_OPEN && oldest) close(...oldest)
      open.set(key, alert)
      metrics.alertsRaised.inc({ code: alert.code, severity: alert.severity })
      metrics.alertsOpen.inc({ code: alert.code, severity: alert.severity })
      tell("raised", alert)
    },
    resolve(code, subject) {
      const key = keyOf(code, subject)
      const alert = open.get(key)
      if (!alert) return
      close(key, alert)
      tell("resolved", alert)
    },
    close: () => hook?.close(LAST_WORDS) ?? Promise.resolve(),
  }
}

/** What JSON can hold, without secrets. */
function plain(value: unknown, scrub: Scrub): unknown {
  if (typeof value === "string") return scrub(value)
  return typeof value === "bigint" ? value.toString() : value
}

const keyOf = (code: string, subject = "") => `${code}\n${subject}`
