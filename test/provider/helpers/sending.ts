import type { Intent, Outcome, Transactions } from "../../../src/chain/transactions/transactions.ts"

/** Transactions whose outcomes a test decides. */
export class Sending implements Transactions {
  readonly intents = new Map<string, Intent>()
  readonly outcomes = new Map<string, Outcome>()
  /** How often something was submitted, also if it was there already. */
  submitted = 0

  submit(intent: Intent): Promise<void> {
    this.submitted++
    if (!this.intents.has(intent.key)) this.intents.set(intent.key, intent)
    return Promise.resolve()
  }

  outcomeOf(key: string): Promise<Outcome | undefined> {
    return Promise.resolve(this.outcomes.get(key))
  }

  knows(key: string): Promise<boolean> {
    return Promise.resolve(this.intents.has(key))
  }

  forget(key: string): Promise<void> {
    this.intents.delete(key)
    this.outcomes.delete(key)
    return Promise.resolve()
  }

  /** Has everything that is on its way end well, in a block. */
  confirmAll(block: number): void {
    for (const key of this.intents.keys()) this.outcomes.set(key, { state: "confirmed", hash: "0x", block })
  }
}
