import type { Handlers } from "./context.ts"
import { REGISTRY, registryOf } from "./clock.ts"

/** Terms, pauses and stops. */
export const RULES: Handlers = {
  async TermsChanged(context) {
    const terms = context.args.struct("terms")
    await context.change("registry", REGISTRY, {
      minStake: terms.amount("minStake"),
      minWindowBlocks: terms.number("minWindowBlocks"),
      escrow: terms.number("escrow"),
    })
    return undefined
  },

  async AnchorsPausedFor(context) {
    await context.change("registry", REGISTRY, {
      pausedFrom: context.args.number("from"),
      pausedUntil: context.args.number("until"),
    })
    return undefined
  },

  async DisputesStoppedFor(context) {
    const { registry } = await registryOf(context)
    const [from, duration] = [context.args.number("from"), context.args.number("duration")]
    // A stop that goes on, or is ended early, begins where it began.
    const goesOn = from === registry.stoppedAt
    await context.change("registry", REGISTRY, {
      stoppedAt: from,
      stoppedFor: duration,
      stoppedBefore: registry.stoppedBefore + (goesOn ? 0 : registry.stoppedFor),
    })
    return undefined
  },
}
