import { isError } from "ethers"
import type { Head } from "../../chain/heads.ts"
import type { Inclusion } from "../../protocol/batch.ts"
import { OnusError, isOnusError } from "../../protocol/errors.ts"
import { type Registry, type SignedReceipt, receiptId } from "../../protocol/receipt.ts"
import { type HandedIn as Content, decodeHandedIn } from "../../sdk/bundle.ts"
import { requireRegistry } from "../../sdk/verify.ts"
import type { Book, ReceiptState } from "../book.ts"
import { textOf } from "../fetch/json.ts"
import type { RegistryDesk } from "../registry.ts"
import type { Chooser } from "../schedule/choose.ts"
import type { HandedIn } from "./handed-in.ts"

/** How many receipts without a place on-chain are kept: making them costs their provider nothing. */
export interface InboxLimits {
  /** Of one provider. */
  readonly ofOne: number
  /** Of all together ... */
  readonly ofAll: number
  /** ... but so many of each provider in any case. */
  readonly guaranteed: number
}

export interface InboxOptions {
  readonly registry: Registry
  readonly book: Pick<Book, "find" | "see" | "want" | "countUnplaced">
  readonly desk: RegistryDesk
  readonly handedIn: Pick<HandedIn, "offer">
  readonly chooser: Pick<Chooser, "refuses">
  /** The last head that was looked at; undefined before the first. */
  readonly head: () => Head | undefined
  readonly limits?: InboxLimits
  /** Told when a receipt was kept. */
  readonly onTaken?: ((id: string) => void) | undefined
}

/** What became of something that was handed in. */
export interface Taken {
  readonly receiptId: string
  readonly isNew: boolean
  readonly state: ReceiptState
}

const LIMITS: InboxLimits = { ofOne: 10_000, ofAll: 100_000, guaranteed: 100 }

/** Takes what consumers want checked. Nothing is kept that binds nobody: else anybody could fill the disk. */
export class Inbox {
  readonly #options: InboxOptions

  constructor(options: InboxOptions) {
    this.#options = options
  }

  /**
   * Takes a bundle, or a signed receipt alone.
   *
   * @param content JSON.
   * @throws OnusError `ContentInvalid`, `BundleMalformed`, `ReceiptMalformed`, `ChainMismatch`, `RegistryMismatch`, `ReceiptUnwanted`, `ReceiptFromFuture`,
   * `ReceiptUnbound` when neither signature nor place bind its provider, `InboxFull`, `NotReady`; what a node's failure throws.
   */
  async take(content: Uint8Array): Promise<Taken> {
    const { registry, book, handedIn, onTaken } = this.#options
    const { signed, inclusion, tensors } = decodeHandedIn(textOf(content, "What was handed in"))
    requireRegistry(registry, signed.registry)
    const id = receiptId(registry, signed.receipt)
    this.#requireWanted(signed)
    const known = await book.find(id)
    const evidence = await this.#evidence(signed, inclusion)
    if (!known && !evidence.inclusion) await this.#requireRoom(signed)
    const hasNews =
      tensors &&
      tensors.input.length > 0 &&
      (await handedIn.offer(id, tensors.input, signed.receipt.provider))
    const now = this.#head().latest.timestamp
    const added = await book.see([{ ...evidence, source: "consumer" }], now)
    // Who says the same again has nothing tried anew.
    if (!known?.isWanted || hasNews) await book.want(id)
    onTaken?.(id)
    return { receiptId: id, isNew: added.length > 0, state: known?.state ?? "unchecked" }
  }

  #head(): Head {
    const head = this.#options.head()
    if (head) return head
    throw new OnusError("NotReady", "The challenger has not seen the chain yet", {
      hint: "Hand it in again later",
    })
  }

  #requireWanted({ receipt }: SignedReceipt): void {
    const reason = this.#options.chooser.refuses(receipt)
    if (reason === undefined) return
    throw new OnusError("ReceiptUnwanted", reason, { hint: "Another challenger may look at it" })
  }

  /** What of it binds the provider. */
  async #evidence(
    signed: SignedReceipt,
    inclusion: Inclusion | undefined,
  ): Promise<Pick<Content, "signed" | "inclusion">> {
    const { desk } = this.#options
    const head = this.#head()
    const worth = await desk.worthOf(signed, head)
    const place = inclusion && (await this.#placeOf(signed, inclusion, head))
    if (worth !== "binding" && !place) throw unbound(signed, worth)
    return {
      signed: worth === "binding" ? signed : { ...signed, signature: "0x" },
      ...(place ? { inclusion } : {}),
    }
  }

  /** Numbers that no contract takes are no place. */
  async #placeOf(signed: SignedReceipt, inclusion: Inclusion, head: Head) {
    try {
      return await this.#options.desk.placeOf(signed, inclusion, head)
    } catch (error) {
      if (isOnusError(error) || !isError(error, "INVALID_ARGUMENT")) throw error
      return undefined
    }
  }

  async #requireRoom({ receipt: { provider } }: SignedReceipt): Promise<void> {
    const { book, limits = LIMITS } = this.#options
    const own = await book.countUnplaced(provider)
    const isRoom =
      own < limits.guaranteed || (own < limits.ofOne && (await book.countUnplaced()) < limits.ofAll)
    if (isRoom) return
    throw new OnusError(
      "InboxFull",
      `${own} receipts of ${provider} that were not anchored are kept already`,
      {
        hint: "Hand it in again later, or with the place where it is anchored",
      },
    )
  }
}

function unbound({ receipt }: SignedReceipt, worth: "early" | "worthless"): OnusError {
  if (worth === "early")
    return new OnusError(
      "ReceiptFromFuture",
      `The receipt was issued at ${receipt.issuedAt}, which is not yet`,
      {
        hint: "Hand it in again when the chain's clock is there",
      },
    )
  return new OnusError(
    "ReceiptUnbound",
    `Neither signature nor place bind ${receipt.provider} to the receipt`,
    {
      hint: "The receipt was changed, or is of a key that could not sign at its time, or is too old to be evidence",
    },
  )
}
