/** Something that an operator should hear of now. */
export interface Alert {
  /** Stable, for routing: `ChallengeOpened`, `ReorgTooDeep`, `ForeignTransaction`, ... */
  readonly code: string
  readonly severity: "info" | "warning" | "critical"
  /** One sentence with the values, and what to do. */
  readonly message: string
  /** Alerts with the same code and subject are one, said once until it is resolved. */
  readonly subject?: string
  readonly details?: Readonly<Record<string, string | number>>
}

/** Tells operators: in the log, in a metric, and to a webhook where one is configured. Never throws, never waits. */
export interface Alerts {
  raise(alert: Alert): void
  resolve(code: string, subject?: string): void
}
