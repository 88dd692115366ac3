import { type LogDescription, zeroPadValue } from "ethers"
import { OnusError } from "../../protocol/errors.ts"
import type { Client } from "../../sdk/client.ts"
import type { Alerts } from "../../service/alerts.ts"
import type { Readiness } from "../../service/readiness.ts"
import { type EventLog, Seen } from "../chain/event-log.ts"
import type { Journal } from "../journal.ts"
import type { Facts } from "./facts.ts"

export interface OwnWatchOptions {
  readonly provider: string
  readonly client: Pick<Client, "onus">
  readonly journal: Pick<Journal, "batch" | "byReceipt">
  readonly facts: Facts
  readonly alerts: Alerts
  readonly readiness: Readiness
}

/**
 * How to take what the journal does not know: at the start it is refused, since then the journal is older than the chain; or noted,
 * if that was said; while the node runs, it stops taking work.
 */
export type Mode = "refuse" | "note" | "alarm"

/** Watches what happens to the provider on-chain, by its own hand or another's. */
export class OwnWatch {
  readonly #options: OwnWatchOptions
  readonly #seen = new Seen()
  mode: Mode = "refuse"

  constructor(options: OwnWatchOptions) {
    this.#options = options
  }

  /** The topics of the events that are watched: all of them name the provider in the same place. */
  get topics(): readonly (string | readonly string[] | null)[] {
    const { client, provider } = this.#options
    const names = ["BatchAnchored", "ReceiptAttested", "Convicted"] as const
    return [
      names.map((name) => client.onus.interface.getEvent(name).topicHash),
      null,
      zeroPadValue(provider, 32),
    ]
  }

  /** Takes events as they are read, again and again until their blocks are final. */
  async handle(logs: readonly EventLog[]): Promise<void> {
    const { client, provider } = this.#options
    for (const log of logs) {
      if (!this.#seen.isNew(log)) continue
      const event = client.onus.interface.parseLog(log)
      const about = event?.args.toObject() as { readonly provider?: string } | undefined
      if (event && about?.provider?.toLowerCase() === provider.toLowerCase()) await this.#take(event, log)
      this.#seen.add(log)
    }
  }

  async #take(event: LogDescription, log: EventLog): Promise<void> {
    const { journal } = this.#options
    const id = event.args[0] as string
    if (event.name === "BatchAnchored" && !(await journal.batch(id)))
      await this.#foreign(`Batch ${id}`, id, log)
    if (event.name === "ReceiptAttested") {
      // The journal forgets receipts some day, and events may be read from the deployment again.
      if (await journal.byReceipt(id)) await this.#options.facts.addForeign(id, log.blockNumber)
      else await this.#foreign(`Receipt ${id}`, id, log)
    }
    if (event.name === "Convicted") this.#convicted(id, log)
  }

  async #foreign(what: string, id: string, { blockNumber, transactionHash }: EventLog): Promise<void> {
    const { facts, alerts, readiness } = this.#options
    if (await facts.isForeign(id)) return
    if (this.mode === "note") return facts.addForeign(id, blockNumber)
    const message = `${what} was anchored for this provider in block ${blockNumber}, and the journal does not know it`
    if (this.mode === "refuse") {
      throw new OnusError("JournalBehindChain", `${message}: the journal is older than the chain`, {
        hint: "End other nodes of this provider and restore the newest journal. If it is lost, start once with --restored: ids that consumers choose are refused then, until signatures made before count no more",
      })
    }
    readiness.report("foreign-anchor", { code: "ForeignAnchor", message })
    alerts.raise({
      code: "ForeignAnchor",
      severity: "critical",
      subject: id,
      message: `${message}: another node signs for this provider, or a key was stolen. No more work is taken: find it, end it or revoke its key, then start again`,
      details: { transaction: transactionHash },
    })
  }

  #convicted(receiptId: string, { transactionHash, blockNumber }: EventLog): void {
    const { alerts, readiness } = this.#options
    const message = `Receipt ${receiptId} was convicted in block ${blockNumber}`
    // Who starts a node after a conviction wants it to take work.
    if (this.mode === "alarm") readiness.report("convicted", { code: "Convicted", message })
    alerts.raise({
      code: "Convicted",
      severity: "critical",
      subject: receiptId,
      message: `${message}: stake was taken. A node that runs takes no more work until it is started again: find out why first`,
      details: { transaction: transactionHash },
    })
  }
}
