import type { Context, Handlers } from "./context.ts"

/** Consumers' contracts that were not told, and why. */
export const CALLBACKS: Handlers = {
  CallbackFailed: (context) => refuse(context, null),
  CallbackSkipped: (context) => refuse(context, context.args.hex("reason")),
}

async function refuse(context: Context, reason: string | null): Promise<string | undefined> {
  const { args, moment, place } = context
  const receipt = args.hex("receiptId")
  const provider = (await context.get("receipt", receipt))?.provider ?? null
  await context.add("refusal", {
    id: place,
    receipt,
    provider,
    recipient: args.hex("recipient"),
    kind: args.number("kind"),
    reason,
    since: moment,
  })
  return provider ?? undefined
}
