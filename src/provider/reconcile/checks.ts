import { OnusError } from "../../protocol/errors.ts"
import { Role, roleNames } from "../../protocol/role.ts"
import type { Client } from "../../sdk/client.ts"
import { call } from "../../sdk/errors.ts"
import type { Actors, KeyValidity, ProviderState } from "../chain/state.ts"
import type { Journal } from "../journal.ts"

/** Seconds that a key must be good for yet, besides what is promised with it. */
const KEY_RESERVE = 3600

/** What must hold before anything is signed. */
export interface StartChecks {
  readonly client: Pick<Client, "providers" | "models">
  readonly actors: Actors
  readonly state: ProviderState
  /** Ids of the models that are served. */
  readonly models: readonly string[]
  /** Those of them that are served all the same when nobody has registered them. */
  readonly unregistered?: ReadonlySet<string>
  readonly journal: Pick<Journal, "waiting" | "batches" | "interrupted">
  /** Seconds in which an answer is anchored, at the longest. */
  readonly anchorWithin: number
}

/**
 * Checks that the node can keep what it is about to promise. One that owes already starts all the same when a key has ended or the
 * provider is excluded, and takes no work: what it owes must be defended.
 *
 * @throws OnusError `ProviderUnknown`, `ProviderTombstoned`, `KeyNotValid`, `ModelUnknown`, `ModelStillOwed`: each says what to do.
 */
export async function requireFit(checks: StartChecks): Promise<void> {
  const { actors, state, models } = checks
  await requireRegistered(checks)
  const { signing, sending, provider } = actors
  requireRole("signing", signing, state.signingKey, Role.Sign)
  // The owner itself may always anchor.
  const isOwner = sending.toLowerCase() === provider.toLowerCase()
  if (!isOwner) requireRole("sending", sending, state.sendingKey, Role.Anchor)
  const owed = await owedModels(checks.journal)
  if (owed.size === 0) {
    requireNotExcluded(checks)
    const now = state.block.timestamp
    requireTime("signing", signing, state.signingKey, now, KEY_RESERVE)
    if (!isOwner) requireTime("sending", sending, state.sendingKey, now, checks.anchorWithin + KEY_RESERVE)
  }
  await requireModels(checks)
  const missing = [...owed].find((modelId) => !models.includes(modelId))
  if (missing === undefined) return
  throw new OnusError(
    "ModelStillOwed",
    `Answers of model ${missing} can still be challenged, and it is not served any more`,
    { hint: "Put it back into the configuration until its batches are released" },
  )
}

async function requireRegistered({ client, actors }: StartChecks): Promise<void> {
  if ((await call((await client.providers()).registeredAt(actors.provider))) !== 0n) return
  throw new OnusError("ProviderUnknown", `${actors.provider} is not registered as a provider`, {
    hint: "Register it first: `onus provider register`, or correct provider.address",
  })
}

function requireNotExcluded({ state, actors }: StartChecks): void {
  if (!state.tombstoned) return
  throw new OnusError("ProviderTombstoned", `Provider ${actors.provider} is excluded for ever`, {
    hint: "Nothing can be anchored by it any more",
  })
}

function requireRole(name: string, address: string, { roles }: KeyValidity, role: number): void {
  if ((roles & role) !== 0) return
  const [wanted] = roleNames(role)
  const may = roles === 0 ? "is no key of the provider" : `may only ${roleNames(roles).join(" and ")}`
  throw new OnusError("KeyNotValid", `The ${name} key ${address} ${may}; it must be one that may ${wanted}`, {
    hint: `Have the owner add it with the role ${wanted}: \`onus provider key add\``,
  })
}

function requireTime(
  name: string,
  address: string,
  { from, until }: KeyValidity,
  now: number,
  reserve: number,
): void {
  if (from <= BigInt(now) && BigInt(now + reserve) < until) return
  throw new OnusError(
    "KeyNotValid",
    `The ${name} key ${address} counts from ${from} until ${until}; it is ${now}, and it must count for ${reserve} s more`,
    { hint: "Have the owner add another key, and name it in the configuration" },
  )
}

async function requireModels({ client, models, unregistered }: StartChecks): Promise<void> {
  const registry = await client.models()
  for (const modelId of models) {
    if (unregistered?.has(modelId)) continue
    if ((await call(registry.modelRegisteredAt(modelId))) !== 0n) continue
    throw new OnusError(
      "ModelUnknown",
      `Model ${modelId} is not registered: its file is another one than was, or none was`,
      { hint: "Compare the file with the one that was registered, or register it: `onus model add`" },
    )
  }
}

/** Who was answered may ask about it until the window is over: these models must be at hand as long. */
async function owedModels(journal: StartChecks["journal"]): Promise<ReadonlySet<string>> {
  const [interrupted, waiting, assigned, anchored] = await Promise.all([
    journal.interrupted(),
    journal.waiting(),
    journal.batches("assigned"),
    journal.batches("anchored"),
  ])
  const anchoring = [...assigned, ...anchored].map(({ batch }) => batch.modelId)
  // Of what was interrupted, an answer may have left the process.
  const answering = interrupted.map(({ terms }) => terms.modelId)
  return new Set([...answering, ...waiting.map(({ modelId }) => modelId), ...anchoring])
}
