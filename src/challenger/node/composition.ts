import type { CallOptions } from "../../chain/endpoint.ts"
import type { Head } from "../../chain/heads.ts"
import type { TransactionManager } from "../../chain/transactions/manager.ts"
import type { Book } from "../book.ts"
import type { View } from "../view.ts"
import type { Sums } from "../play/purse.ts"
import type { Standings } from "./forecast.ts"

/** The parts of a challenger that decide, put together. */
export interface Composition {
  readonly book: Book
  /** Reads what happens on-chain into the book. */
  readonly watch: {
    poll(head: Head, options: CallOptions): Promise<void>
    /** How far each of its cursors is. */
    cursors(): readonly { readonly name: string; readonly block: number }[]
  }
  /** Takes what consumers hand in as files; undefined if nobody does. */
  readonly inbox: { tick(): Promise<unknown> } | undefined
  /** Has answers run again, and opens cases. */
  readonly scheduler: { tick(view: View): Promise<unknown> }
  /** What everybody disputes, for forecasts. */
  readonly standings: Standings
  /** What sends; undefined for a monitor, and in a dry run. */
  readonly transactions: TransactionManager | undefined
  /** Sees cases through; undefined for a monitor. */
  readonly player: { tick(view: View): Promise<unknown>; sums(): Promise<Sums> } | undefined
  /** Takes part in audits; undefined if it does not. */
  readonly auditor: { tick(view: View): Promise<unknown> } | undefined
  /** Forgets what nothing can follow from any more: what ended before a time, in Unix seconds of the chain, and a block. */
  forget(before: { readonly time: number; readonly block: number }): Promise<void>
  /** Takes no new work, from the network or the inbox. */
  stop(): Promise<void>
  /** Ends what runs. */
  close(): Promise<void>
}

/** What parts tell the program while they work. */
export interface Hooks {
  /** Of each answer that was judged. @param seconds that it took. */
  readonly found: (verdict: string, seconds: number) => void
  /** Of a new case. */
  readonly accused: () => void
}
