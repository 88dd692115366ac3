import type { HintRow } from "../entities.ts"
import type { Context } from "./context.ts"

/** Keeps what the next event of the transaction is about. */
export async function hint(context: Context, id: "bond" | "model", value: string): Promise<void> {
  const { block, logIndex } = context.event
  const row: HintRow = { id, block, logIndex, value }
  if (await context.get("hint", id)) await context.change("hint", id, { block, logIndex, value })
  else await context.add("hint", row)
}

/** What an event said that is so many events before this one in the same block. */
export async function hinted(
  context: Context,
  id: "bond" | "model",
  before: number,
): Promise<string | undefined> {
  const row = await context.get("hint", id)
  const { block, logIndex } = context.event
  return row?.block === block && row.logIndex === logIndex - before ? row.value : undefined
}
