import type { Handlers } from "./context.ts"
import { providerOf } from "./provider.ts"

/** Registration and keys. */
export const PROVIDERS: Handlers = {
  async ProviderRegistered(context) {
    const { args, event } = context
    const { id } = await providerOf(context, args.hex("provider"))
    await context.change("provider", id, { uri: args.text("uri"), registeredAt: event.time })
    return id
  },

  async ProviderUriChanged(context) {
    const { id } = await providerOf(context, context.args.hex("provider"))
    await context.change("provider", id, { uri: context.args.text("uri") })
    return id
  },

  async KeyAdded(context) {
    const { args, moment } = context
    const [provider, key] = [args.hex("provider"), args.hex("key")]
    await context.add("key", {
      id: `${provider}/${key}`,
      provider,
      key,
      roles: args.number("roles"),
      from: args.number("from"),
      until: args.amount("until"),
      revokedAt: 0,
      since: moment,
    })
    return provider
  },

  async KeyRevoked(context) {
    const { args, event } = context
    const provider = args.hex("provider")
    await context.change("key", `${provider}/${args.hex("key")}`, {
      until: args.amount("until"),
      revokedAt: event.time,
    })
    return provider
  },
}
