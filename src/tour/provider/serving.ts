import { ZeroAddress } from "ethers"
import type { Execution } from "../../engine/executor.ts"
import { OnusError } from "../../protocol/errors.ts"
import { MAX_WINDOW, MIN_WINDOW } from "../../protocol/window.ts"
import type { Entry } from "../../provider/journal.ts"
import type { Listing } from "../../provider/serve/listing.ts"
import type { ServeParts } from "../../provider/serve/parts.ts"
import { type Serving, serve } from "../../provider/serve/serve.ts"
import type { Provider, Told } from "./provider.ts"

const TOKEN = 10n ** 18n
const HOUR = 3600n

/** How a provider treats whoever asks over HTTP. */
export interface Manners {
  /** Whether it lists what it has anchored. */
  readonly isListed: boolean
  /** What it gives for the inputs of an answer; those that it was asked with, by default. */
  readonly inputs?: (entry: Entry) => Uint8Array
}

/** Serves a provider with the server of a node, which believes whatever it is told. */
export async function serveProvider(provider: Provider, manners: Manners, port = 0): Promise<Serving> {
  // The server names a run by the inputs of its answer alone, and two answers to one question may differ.
  const shown = new WeakMap<Uint8Array, Told>()
  const entryOf = (id: string): Entry | undefined => {
    const told = provider.find(id)
    if (!told) return undefined
    const inputs = (manners.inputs?.(told.entry) ?? told.entry.inputs).slice()
    shown.set(inputs, told)
    return { ...told.entry, inputs }
  }
  const parts: ServeParts = {
    registry: provider.client.registry,
    provider: provider.address,
    signer: provider.signer,
    models: provider.models,
    limits: {
      coverage: { min: 1n, max: 1000n * TOKEN },
      challengeWindow: { min: MIN_WINDOW, max: MAX_WINDOW },
      anchorWithin: { min: 1n, max: MAX_WINDOW },
    },
    defaults: { consumer: ZeroAddress, coverage: TOKEN, challengeWindow: 24n * HOUR, anchorWithin: HOUR },
    issuer: {
      answer: (request) => provider.answer(request),
      entryOf: (id) => Promise.resolve(entryOf(id)),
    },
    pool: { evidenceOf: (_, inputs) => servedRun(shown.get(inputs)) },
    cover: { left: 0n },
    health: {
      alive: () => ({ isAlive: true, loops: [] }),
      ready: () => ({ isReady: true, problems: [] }),
    },
    inclusionOf: ({ signed }) => {
      const place = signed && provider.find(signed.receiptId)?.place
      return Promise.resolve(place === "direct" ? undefined : place)
    },
  }
  const listing = manners.isListed ? { listing: listingOf(provider) } : {}
  return serve({ ...parts, ...listing }, { host: "127.0.0.1", port, version: "0", closeGrace: 100 })
}

const listingOf = ({ batches }: Provider): Listing => ({
  countOf: (id) => Promise.resolve(batches.get(id)?.length),
  receiptsOf: (id, from, count) =>
    Promise.resolve((batches.get(id) ?? []).slice(from, from + count).map(({ entry }) => entry.signed)),
})

async function servedRun(told: Told | undefined): Promise<Execution> {
  if (told?.story.served) return Promise.resolve(told.story.served)
  throw new OnusError("EvidenceGone", "There is no evidence of this answer")
}
