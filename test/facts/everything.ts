import type { Facts } from "../../src/facts/source.ts"
import { listed } from "./history/listed.ts"

/** All that facts can be asked for, without where it comes from. */
export async function everything(facts: Facts): Promise<Record<string, unknown>> {
  const providers = await listed((wish) => facts.providers(wish))
  const models = await listed((wish) => facts.models(wish))
  const batches = await listed((wish) => facts.batches(wish))
  const disputes = await listed((wish) => facts.disputes(wish))
  const each = async <T>(
    ids: readonly { readonly id: string }[],
    ask: (id: string) => Promise<T>,
  ): Promise<T[]> => {
    const answers: T[] = []
    for (const { id } of ids) answers.push(await ask(id))
    return answers
  }
  return {
    providers,
    models,
    batches,
    disputes,
    refusals: await listed((wish) => facts.refusals(wish)),
    credits: await listed((wish) => facts.credits(wish)),
    each: await each(providers, async (id) => ({
      keys: (await facts.keys(id)).data,
      services: (await facts.services(id)).data,
      history: (await facts.history(id, 400)).data,
      counterparties: (await facts.counterparties(id)).data,
      events: await listed((wish) => facts.events(id, wish)),
    })),
    model: await each(models, async (id) => (await facts.model(id)).data),
    receipts: await each(batches, async (id) => (await facts.receipt(id)).data),
    dispute: await each(disputes, async (id) => (await facts.dispute(id)).data),
  }
}
