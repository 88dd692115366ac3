import { DIRECT, type Inclusion, batchId } from "../../protocol/batch.ts"
import type { Book, Known } from "../book.ts"
import type { AtHead, Place } from "./at-head.ts"

/** Where a receipt is said to be, and what the registry finds there. */
export interface Placed {
  readonly inclusion: Inclusion
  /** Undefined if it is not there at this head. */
  readonly place: Place | undefined
}

/**
 * The place at which a receipt can be convicted. Its provider can put it into several, before a dispute and during it, and decides how
 * long the window of each is: as long as one is open, the case is not over.
 *
 * @returns undefined if no place is known.
 */
export async function placeOf(
  { id, signed: { receipt }, inclusion, isAttested }: Known,
  book: Pick<Book, "placesOf">,
  at: Pick<AtHead, "place">,
): Promise<Placed | undefined> {
  const found: Placed[] = []
  const isOpenAt = async (one: Inclusion): Promise<boolean> => {
    const place = await at.place(receipt, one)
    found.push({ inclusion: one, place })
    return place?.isOpen ?? false
  }
  if (inclusion && (await isOpenAt(inclusion))) return found.at(-1)
  if (isAttested && (await isOpenAt(DIRECT))) return found.at(-1)
  for (const one of await book.placesOf(id)) {
    const isKnown = inclusion && batchId(inclusion.batch) === batchId(one.batch)
    if (!isKnown && (await isOpenAt(one))) return found.at(-1)
  }
  return found.find(({ place }) => place) ?? found[0]
}
