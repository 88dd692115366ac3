import { OnusError } from "../../protocol/errors.ts"
import { Role, roleNames } from "../../protocol/role.ts"
import type { Client } from "../../sdk/client.ts"
import { call } from "../../sdk/errors.ts"
import type { Actors, KeyValidity, ProviderState } from "../chain/state.ts"
import type { Journal } from "../journal.ts"

/** Seconds that a key must be good for yet, besides what is promised with it. */
const KEY_RESERVE = 3600n

/** What must hold before anything is signed. */
export interface StartChecks {
  readonly client: Client
  readonly actors: Actors
  readonly state: ProviderState
  /** Ids of the models that are served. */
  readonly models: readonly string[]
  readonly journal: Pick<Journal, "waiting" | "batches">
  /** Seconds in which an answer is anchored, at the longest. */
  readonly anchorWithin: number
  /** Wei that the sending account must have. */
  readonly gasReserve: bigint
}

/**
 * Checks that the node can keep what it is about to promise.
 *
 * @throws OnusError `ProviderUnknown`, `ProviderTombstoned`, `KeyNotValid`, `ModelUnknown`, `ModelStillOwed`, `GasTooLow`: each
 * says what to do.
 */
export async function requireFit(checks: StartChecks): Promise<void> {
  const { state, actors } = checks
  await requireProvider(checks)
  const now = BigInt(state.block.timestamp)
  requireKey("signing", actors.signing, state.signingKey, Role.Sign, now, KEY_RESERVE)
  // The owner itself may always anchor.
  if (actors.sending.toLowerCase() !== actors.provider.toLowerCase())
    requireKey(
      "sending",
      actors.sending,
      state.sendingKey,
      Role.Anchor,
      now,
      BigInt(checks.anchorWithin) + KEY_RESERVE,
    )
  await requireModels(checks)
  await requireServed(checks)
  if (state.balance >= checks.gasReserve) return
  throw new OnusError(
    "GasTooLow",
    `The sending account ${actors.sending} has ${state.balance} wei; ${checks.gasReserve} must be there for answers to challenges`,
    { hint: "Send it some of the chain's coin, or lower gas.reserve" },
  )
}

async function requireProvider({ client, actors, state }: StartChecks): Promise<void> {
  const since = await call((await client.providers()).registeredAt(actors.provider))
  if (since === 0n) {
    throw new OnusError("ProviderUnknown", `${actors.provider} is not registered as a provider`, {
      hint: "Register it first: `onus provider register`, or correct provider.address",
    })
  }
  if (!state.tombstoned) return
  throw new OnusError("ProviderTombstoned", `Provider ${actors.provider} is excluded for ever`, {
    hint: "Nothing can be anchored by it any more",
  })
}

function requireKey(
  name: string,
  address: string,
  { from, until, roles }: KeyValidity,
  role: number,
  now: bigint,
  reserve: bigint,
): void {
  const hint = `Have the owner add it: \`onus provider key add ${address} --roles ${roleNames(role).join(",")}\``
  if ((roles & role) === 0) {
    const may = roleNames(roles).join(" and ") || "do nothing"
    throw new OnusError(
      "KeyNotValid",
      `The ${name} key ${address} may ${may}; it must be one that may ${roleNames(role).join()}`,
      {
        hint,
      },
    )
  }
  if (from <= now && now + reserve < until) return
  throw new OnusError(
    "KeyNotValid",
    `The ${name} key ${address} is valid from ${from} until ${until}; it is ${now}, and it must be for ${reserve} s more`,
    { hint },
  )
}

async function requireModels({ client, models }: StartChecks): Promise<void> {
  const registry = await client.models()
  for (const modelId of models) {
    if ((await call(registry.modelRegisteredAt(modelId))) !== 0n) continue
    throw new OnusError(
      "ModelUnknown",
      `Model ${modelId} is not registered: the file is another one, or it never was`,
      {
        hint: "Compare the file with the one that was registered, or register it: `onus model add`",
      },
    )
  }
}

/** Who was answered may ask about it until the window is over: the model must be at hand as long. */
async function requireServed({ journal, models }: StartChecks): Promise<void> {
  const [waiting, assigned, anchored] = await Promise.all([
    journal.waiting(),
    journal.batches("assigned"),
    journal.batches("anchored"),
  ])
  const owed = new Set([
    ...waiting.map(({ modelId }) => modelId),
    ...[...assigned, ...anchored].map(({ batch }) => batch.modelId),
  ])
  const missing = [...owed].find((modelId) => !models.includes(modelId))
  if (missing === undefined) return
  throw new OnusError(
    "ModelStillOwed",
    `Answers of model ${missing} can still be challenged, and it is not served any more`,
    {
      hint: "Put it back into the configuration until its batches are released",
    },
  )
}
