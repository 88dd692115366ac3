/** A metric: its type, what it says, and its labels. */
export interface Family {
  readonly type: "counter" | "gauge" | "histogram"
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
  readonly buckets?: readonly number[]
}

const counter = (name: string, help: string, ...labels: string[]) =>
  ({ type: "counter", name, help, labels }) as const
const gauge = (name: string, help: string, ...labels: string[]) =>
  ({ type: "gauge", name, help, labels }) as const
const histogram = (name: string, help: string, buckets: readonly number[], ...labels: string[]) =>
  ({ type: "histogram", name, help, labels, buckets }) as const

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const
const COUNTS = [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000] as const

/** All metrics of a long-running program. No label holds a request, a receipt or an account of a stranger. */
export const FAMILIES = {
  info: gauge("onus_info", "1; the version is a label", "version"),
  ready: gauge("onus_ready", "1 when new work is taken"),
  problem: gauge("onus_problem", "1 while a check keeps new work away", "check"),
  loopLastSuccess: gauge(
    "onus_loop_last_success_timestamp",
    "Unix seconds at which a loop last did its work, or began",
    "loop",
  ),
  loopExpected: gauge(
    "onus_loop_expected_seconds",
    "A loop that is well does its work once in so many",
    "loop",
  ),
  loopRuns: counter(
    "onus_loop_runs_total",
    "Runs of a loop: ok, failed, or abandoned after their time limit",
    "loop",
    "outcome",
  ),

  headBlock: gauge("onus_head_block", "Number of a block: latest or final", "chain", "kind"),
  headTimestamp: gauge("onus_head_timestamp_seconds", "Unix seconds of the latest block", "chain"),
  cursorBlock: gauge("onus_cursor_block", "Events up to this block were read", "chain", "cursor"),
  reorgs: counter("onus_reorg_total", "Reorganisations seen", "chain"),
  reorgDepth: gauge("onus_reorg_depth", "Blocks that the last reorganisation undid", "chain"),
  clockSkew: gauge("onus_clock_skew_seconds", "The machine's clock less the time of a new block"),
  rpcRequests: counter("onus_rpc_requests_total", "Calls of JSON-RPC nodes", "method", "outcome"),
  rpcSeconds: histogram("onus_rpc_duration_seconds", "How long such calls took", SECONDS, "method"),

  transactions: counter("onus_tx_total", "Transactions by what became of them", "kind", "outcome"),
  transactionsPending: gauge("onus_tx_pending", "Transactions on their way"),
  oldestPending: gauge("onus_tx_oldest_pending_seconds", "How long the oldest of them has been on its way"),
  oldestUnknown: gauge(
    "onus_tx_oldest_unknown_seconds",
    "How long the fate of a transaction has been unknown",
  ),
  feeBumps: counter("onus_tx_fee_bumps_total", "Replacements with a higher fee"),
  foreignTransactions: counter(
    "onus_tx_foreign_total",
    "Transactions of the sending key that this program did not send",
  ),
  gasPrice: gauge("onus_gas_price_wei", "What gas costs now"),
  nonce: gauge("onus_nonce", "Nonce of the sending key: confirmed or next", "kind"),
  balance: gauge(
    "onus_balance_wei",
    "What an account of the operator has; asset: coin or token",
    "account",
    "asset",
  ),
  bond: gauge(
    "onus_bond_wei",
    "Of a provider its stake: free, reserved, locked, at_risk, thawing, lost. Of a challenger its bonds in coins: locked; of those at_risk as nothing is proven, claimable now; and lost, won back",
    "role",
    "state",
  ),
  rewards: gauge(
    "onus_reward_units",
    "Token units of rewards: won, as long as they are in escrow or wait, and of those claimable now",
    "state",
  ),

  attestations: counter("onus_attestations_total", "Receipts: signed, anchored, refused", "state"),
  unanchored: gauge("onus_journal_unanchored", "Receipts that wait to be anchored"),
  oldestUnanchored: gauge("onus_oldest_unanchored_seconds", "Age of the oldest of them"),
  anchorDue: gauge("onus_anchor_due_seconds", "Seconds until the first of them must be anchored"),
  batchSize: histogram("onus_batch_size", "Receipts in a batch", COUNTS),
  journalSeconds: histogram("onus_journal_commit_seconds", "How long a request waited for the disk", SECONDS),
  signSeconds: histogram("onus_sign_duration_seconds", "How long a signature took", SECONDS),
  httpRequests: counter("onus_http_requests_total", "Requests by route and status", "route", "status"),
  httpSeconds: histogram("onus_http_duration_seconds", "How long they took", SECONDS, "route"),
  runSeconds: histogram("onus_run_duration_seconds", "How long a model ran", SECONDS, "model"),
  poolWaiting: gauge("onus_pool_waiting", "Runs that wait for a worker", "model"),

  verifications: counter(
    "onus_verifications_total",
    "Answers that were run again: match, mismatch, and of a challenger unfetchable, differs, expired; role: provider for own ones, challenger",
    "role",
    "verdict",
  ),
  verificationSeconds: histogram(
    "onus_verification_seconds",
    "How long it took until an answer was judged, with what had to be fetched",
    [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600],
  ),
  coverage: gauge("onus_coverage_ratio", "The part of the answers seen that were run again"),
  receiptsKnown: gauge(
    "onus_receipts",
    "Answers that a challenger knows: unchecked, match, mismatch, unfetchable, differs, expired, passed",
    "state",
  ),
  disputes: gauge(
    "onus_disputes",
    "Of the role provider: challenges that are open, sent, answered, closed, lost. Of the role challenger: cases that are open, won, paid, lost, dropped",
    "role",
    "state",
  ),
  forecast: gauge(
    "onus_forecast",
    "Open disputes of anybody: whether the own result agrees with who leads now (agree, disagree, unknown, failed), and who that is (challenger, provider)",
    "agreement",
    "leader",
  ),
  disagreements: gauge(
    "onus_disagreements",
    "Disputes that have ended otherwise than the own result says; won by: challenger, provider",
    "winner",
  ),
  ownTargeted: gauge("onus_own_targeted", "Own receipts that somebody challenges now"),
  nextDeadline: gauge(
    "onus_dispute_next_deadline_seconds",
    "Seconds until the first answer to a challenge is due, or the next move of a case",
  ),
  nextDeadlineShare: gauge(
    "onus_dispute_next_deadline_ratio",
    "The same as a part of the time that there was: 1 to 0",
  ),
  oldestClaim: gauge(
    "onus_claim_oldest_waiting_seconds",
    "How long the oldest claim of what can be had back has waited, for cheap gas mostly",
  ),

  diskFree: gauge("onus_disk_free_bytes", "Room beside the database"),
  diskUsed: gauge("onus_disk_used_ratio", "The part of that disk that is used"),
  alertsOpen: gauge("onus_alerts_open", "Alerts that are not resolved", "code", "severity"),
  alertsRaised: counter("onus_alerts_total", "Alerts raised", "code", "severity"),
  alertDeliveries: counter(
    "onus_alert_deliveries_total",
    "Alerts posted to the webhook: ok, failed, dropped",
    "outcome",
  ),
} as const satisfies Readonly<Record<string, Family>>

/** Names of all metrics, as they are exported. */
export const METRIC_NAMES: readonly string[] = Object.values(FAMILIES).flatMap(({ type, name }) =>
  type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
)
