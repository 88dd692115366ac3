import { type LogDescription, zeroPadValue } from "ethers"
import { OnusError } from "../../protocol/errors.ts"
import type { Client } from "../../sdk/client.ts"
import type { Alerts } from "../../service/alerts.ts"
import type { Readiness } from "../../service/readiness.ts"
import type { ChainLog } from "../../chain/log-filter.ts"
import { Seen } from "../../chain/seen.ts"
import type { Journal } from "../journal.ts"
import type { Facts } from "./facts.ts"
import type { Incident, Incidents } from "./incidents.ts"
import type { Restoration } from "./restored.ts"

export interface OwnWatchOptions {
  readonly provider: string
  readonly client: Pick<Client, "onus">
  readonly journal: Pick<Journal, "batch" | "byReceipt">
  readonly facts: Facts
  readonly incidents: Incidents
  /** Whom to tell of receipts that are anchored and that the journal does not know. */
  readonly restoration: Pick<Restoration, "noteUnknownAnchors">
  readonly alerts: Alerts
  readonly readiness: Readiness
}

/** The check that each incident makes fail. */
const CHECKS = { ForeignAnchor: "foreign-anchor", Convicted: "convicted" } as const
/** What an operator has to do about each, before it is acknowledged. */
const DUTIES = {
  ForeignAnchor:
    "Another node signs for this provider, or a key was stolen: find it, end it or revoke its key",
  Convicted: "Stake was taken: find out why",
} as const

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

  /**
   * Says again what earlier runs have seen, before events are read: a start by itself does not take it back.
   *
   * @param acknowledged whether the operator takes all of it back instead. What is seen afterwards for the first time is not meant.
   * @returns what was taken back.
   */
  async recall(acknowledged: boolean): Promise<readonly Incident[]> {
    const { incidents } = this.#options
    const takenBack = acknowledged ? await incidents.acknowledge() : []
    for (const incident of await incidents.standing()) this.#stop(incident)
    return takenBack
  }

  /** Takes events as they are read, again and again until their blocks are final. */
  async handle(logs: readonly ChainLog[]): Promise<void> {
    const { client, provider } = this.#options
    for (const log of logs) {
      if (!this.#seen.isNew(log)) continue
      const event = client.onus.interface.parseLog(log)
      const about = event?.args.toObject() as { readonly provider?: string } | undefined
      if (event && about?.provider?.toLowerCase() === provider.toLowerCase()) await this.#take(event, log)
      this.#seen.add(log)
    }
  }

  async #take(event: LogDescription, log: ChainLog): Promise<void> {
    const { journal } = this.#options
    const id = event.args[0] as string
    if (event.name === "BatchAnchored" && !(await journal.batch(id)))
      await this.#foreign(`Batch ${id}`, id, log)
    if (event.name === "ReceiptAttested") {
      // The journal forgets receipts some day, and events may be read from the deployment again.
      if (await journal.byReceipt(id)) await this.#options.facts.addForeign(id, log.blockNumber)
      else await this.#foreign(`Receipt ${id}`, id, log)
    }
    if (event.name === "Convicted") {
      const message = `Receipt ${id} was convicted in block ${log.blockNumber}`
      await this.#happened({ code: "Convicted", subject: id, message }, log)
    }
  }

  async #foreign(what: string, id: string, log: ChainLog): Promise<void> {
    const { facts, incidents, restoration } = this.#options
    const { blockNumber } = log
    if (await facts.isForeign(id)) return
    if (this.mode === "note") {
      await restoration.noteUnknownAnchors()
      return facts.addForeign(id, blockNumber)
    }
    const message = `${what} was anchored for this provider in block ${blockNumber}, and the journal does not know it`
    const incident = { code: "ForeignAnchor", subject: id, message } as const
    // What a run has seen beside it says nothing of the journal's age: its own obligations are all there.
    if (this.mode === "refuse" && (await incidents.stateOf(incident)) === undefined) {
      throw new OnusError("JournalBehindChain", `${message}: the journal is older than the chain`, {
        hint: "End other nodes of this provider and restore the newest journal. If it is lost, start once with --restored: ids that consumers choose are refused from then on",
      })
    }
    await restoration.noteUnknownAnchors()
    await this.#happened(incident, log)
  }

  async #happened(incident: Incident, { transactionHash }: ChainLog): Promise<void> {
    const { incidents } = this.#options
    if ((await incidents.stateOf(incident)) === "acknowledged") return
    this.#stop(incident, transactionHash)
    // Events are read again until this is durable.
    await incidents.add(incident)
  }

  #stop({ code, subject, message }: Incident, transaction?: string): void {
    const { alerts, readiness } = this.#options
    const advice = `${DUTIES[code]}, then start once with --acknowledged`
    readiness.report(CHECKS[code], { code, message: `${message}. ${advice}` })
    alerts.raise({
      code,
      severity: "critical",
      subject,
      message: `${message}. No more work is taken. ${advice}`,
      ...(transaction === undefined ? {} : { details: { transaction } }),
    })
  }
}
