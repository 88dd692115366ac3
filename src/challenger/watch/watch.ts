import type { CallOptions } from "../../chain/endpoint.ts"
import type { Head } from "../../chain/heads.ts"
import { type ChainLog, LogFollower, type LogRange } from "../../chain/logs.ts"
import { Seen } from "../../chain/seen.ts"
import type { Chain } from "../../chain/provider.ts"
import type { Client } from "../../sdk/client.ts"
import type { Log } from "../../service/log.ts"
import type { Database } from "../../store/database.ts"
import type { Book } from "../book.ts"
import { Anchors } from "./anchors.ts"
import { type Contracts, type Told, contractsOf } from "./contracts.ts"
import { type Address, Directory } from "./directory.ts"
import { Disputes } from "./disputes.ts"
import { moveOf } from "./moves.ts"
import { Shown } from "./shown.ts"

export interface WatchOptions {
  readonly chain: Chain
  /** Has the tables of `CURSOR_TABLES`. */
  readonly database: Database
  readonly book: Book
  readonly client: Client
  /** The block of the deployment. */
  readonly from: number
  /** The most blocks that are asked for at once. */
  readonly span?: number
  readonly hashOf?: (number: number) => string | undefined
  readonly log: Log
}

/**
 * Follows what happens on-chain into the book: batches and attestations, where providers and models are served, and what everybody
 * does about receipts. Nothing of it outlives a block that was undone.
 */
export class Watch {
  readonly directory: Directory
  readonly disputes: Disputes
  readonly #options: WatchOptions
  readonly #contracts: Contracts
  readonly #anchors: Anchors
  readonly #shown: Shown
  readonly #seen = new Seen()
  #follower: LogFollower | undefined
  #head: Head | undefined
  #readUntil = 0

  private constructor(options: WatchOptions, contracts: Contracts, directory: Directory, disputes: Disputes) {
    const { book, chain, client } = options
    this.#options = options
    this.#contracts = contracts
    this.directory = directory
    this.disputes = disputes
    this.#anchors = new Anchors(client, book)
    this.#shown = new Shown({ registry: client.registry, contracts, reader: chain, book })
  }

  static async open(options: WatchOptions): Promise<Watch> {
    const { client, database } = options
    const contracts = await contractsOf(client)
    const watch = new Watch(options, contracts, await Directory.open(database), await Disputes.open(database))
    watch.#follower = await LogFollower.open({
      chain: options.chain,
      database,
      name: "challenger",
      filter: contracts.filter,
      from: options.from,
      handle: (logs, range, callOptions) => watch.#handle(logs, range, callOptions),
      ...(options.span === undefined ? {} : { span: options.span }),
      ...(options.hashOf === undefined ? {} : { hashOf: options.hashOf }),
      log: options.log,
    })
    return watch
  }

  /** The last block whose events are dealt with for good. */
  get cursor(): number {
    return this.#follower!.cursor
  }

  /** Unix seconds of the last head up to which everything was taken since the start. */
  get readUntil(): number {
    return this.#readUntil
  }

  /** Takes everything up to a head. @throws OnusError as `LogFollower.poll`. */
  async poll(head: Head, options: CallOptions = {}): Promise<void> {
    this.#head = head
    await this.#follower!.poll(head, options)
    this.#readUntil = head.latest.timestamp
  }

  async #handle(logs: readonly ChainLog[], range: LogRange, options: CallOptions): Promise<void> {
    const { book } = this.#options
    const now = this.#head!.latest.timestamp
    const all = logs.flatMap((log) => this.#read(log))
    const anchored = await this.#anchors.take(all, now, options)
    // Those of earlier blocks were found late: nothing is concluded from what is not told beside them.
    await book.keepOnly(range, anchored)
    await this.directory.replace(all.flatMap(addressesIn), range)
    await this.disputes.replace(
      all.flatMap((told) => moveOf(told) ?? []),
      range,
    )
    await book.see(await this.#shown.of(all), now)
    for (const told of all.filter(({ log }) => this.#seen.isNew(log))) {
      await this.#follow(told)
      this.#seen.add(told.log)
    }
  }

  /** Everybody's disputes are worth a look, and prolong the time that is left for one's own. */
  async #follow({ name, args }: Told): Promise<void> {
    const { book } = this.#options
    const said = () => args.toObject() as { readonly receiptId: string; readonly until: bigint }
    if (name === "onus.ReceiptDetained") await book.detained(said().receiptId, Number(said().until))
    if (name === "judge.Demanded") await book.want(said().receiptId)
  }

  #read(log: ChainLog): readonly Told[] {
    try {
      const told = this.#contracts.read(log)
      return told ? [told] : []
    } catch (error) {
      this.#options.log.warn(
        { error, block: log.blockNumber, address: log.address },
        "An event cannot be read",
      )
      return []
    }
  }
}

/** What an event says about where something is served; what is no text says nothing. */
function addressesIn({ name, args, log }: Told): readonly Address[] {
  const kind =
    name === "models.ModelRegistered" ? "model" : name.startsWith("providers.") ? "provider" : undefined
  if (kind === undefined) return []
  const where = { block: log.blockNumber, place: log.index }
  return [{ kind, subject: String(args[0]), uri: textOr(() => String(args.getValue("uri"))), ...where }]
}

function textOr(read: () => string): string {
  try {
    return read()
  } catch {
    return ""
  }
}
