import type { Result } from "ethers"
import { type Node, callAt } from "../chain/at-block.ts"
import type { Head } from "../chain/heads.ts"
import { DIRECT, type Inclusion } from "../protocol/batch.ts"
import { isOnusError } from "../protocol/errors.ts"
import type { SignedReceipt } from "../protocol/receipt.ts"
import type { Client } from "../sdk/client.ts"
import { call } from "../sdk/errors.ts"
import { type FaultName, provenFaults } from "../sdk/fault.ts"

/** What a signature is worth: it binds its provider, does not yet, or never will. */
export type Worth = "binding" | "early" | "worthless"

/** Where a receipt's collateral is, as the registry finds it. */
export interface Place {
  /** Whether it can be challenged. */
  readonly isOpen: boolean
  /** Token units that are reserved there, for all receipts of the place. */
  readonly bond: bigint
  /** Seconds on the registry's clock. */
  readonly until: number
}

/** What `verifySigned` says of a signature that binds nobody. */
const WORTHLESS = ["SignatureInvalid", "KeyNotValid", "ReceiptTooOld"]
/** What `locate` says of a place that is none. */
const NOWHERE = [
  "NotAnchored",
  "BatchProviderMismatch",
  "SumPathLengthInvalid",
  "SumIndexOutOfRange",
  "SumPathInvalid",
]

/** What binds a provider, by the word of the registry at one head. Every method throws what a node's failure throws. */
export class RegistryDesk {
  readonly #node: Node
  readonly #client: Pick<Client, "onus">
  #thaw: Promise<number> | undefined

  constructor(node: Node, client: Pick<Client, "onus">) {
    this.#node = node
    this.#client = client
  }

  /** What the signature of a receipt is worth. */
  async worthOf({ receipt, signature }: SignedReceipt, head: Pick<Head, "latest">): Promise<Worth> {
    if (signature === "0x") return "worthless"
    try {
      await this.#ask(head, "verifySigned", receipt, signature)
      return "binding"
    } catch (error) {
      if (isOnusError(error, "ReceiptFromFuture")) return "early"
      if (isOnusError(error) && WORTHLESS.includes(error.code)) return "worthless"
      throw error
    }
  }

  /** Where a receipt's collateral is; undefined if not there. @param inclusion Left out: attested directly. */
  async placeOf(
    { receipt }: Pick<SignedReceipt, "receipt">,
    inclusion: Inclusion | undefined,
    head: Pick<Head, "latest">,
  ): Promise<Place | undefined> {
    try {
      const { lock, window, open } = (
        await this.#ask(head, "locate", receipt, inclusion ?? DIRECT)
      ).toObject() as Found
      const { since, stopped, bond } = lock.toObject() as Readonly<
        Record<"since" | "stopped" | "bond", bigint>
      >
      return { isOpen: open, bond, until: Number(since - stopped + window) }
    } catch (error) {
      if (isOnusError(error) && NOWHERE.includes(error.code)) return undefined
      throw error
    }
  }

  /** Which faults were proven about a request. */
  async faultsOf(request: string, head: Pick<Head, "latest">): Promise<readonly FaultName[]> {
    const [faults] = await this.#ask(head, "faultsOf", request)
    return provenFaults(faults as bigint)
  }

  /** Between which Unix seconds anchors were refused last; both zero if they never were. */
  async lastPause(head: Pick<Head, "latest">): Promise<{ readonly from: bigint; readonly until: bigint }> {
    const { from, until } = await this.#ask(head, "lastPause")
    return { from: from as bigint, until: until as bigint }
  }

  /** Seconds for which a signature counts at least. */
  thawPeriod(): Promise<number> {
    return (this.#thaw ??= call(this.#client.onus.thawPeriod()).then(Number, (error: unknown) => {
      this.#thaw = undefined
      throw error
    }))
  }

  #ask({ latest }: Pick<Head, "latest">, name: string, ...values: readonly unknown[]): Promise<Result> {
    return callAt(this.#node, this.#client.onus, latest, name, values)
  }
}

interface Found {
  readonly lock: Result
  readonly window: bigint
  readonly open: boolean
}
