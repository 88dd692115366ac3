import type { Handlers } from "./context.ts"
import { providerOf } from "./provider.ts"

/** ERC-8004 agents that providers say they are. */
export const AGENTS: Handlers = {
  async AgentLinked(context) {
    const { id } = await providerOf(context, context.args.hex("provider"))
    await context.change("provider", id, { agentId: context.args.amount("agentId") })
    return id
  },

  async AgentUnlinked(context) {
    const { id } = await providerOf(context, context.args.hex("provider"))
    await context.change("provider", id, { agentId: null })
    return id
  },
}
