import { expect } from "chai"
import { id } from "ethers"
import { bindToProvider } from "../../../src/provider/reconcile/bind.ts"
import type { BatchRecord, Entry } from "../../../src/provider/journal.ts"
import { type StartChecks, requireFit } from "../../../src/provider/reconcile/checks.ts"
import { Role } from "../../../src/protocol/role.ts"
import { expectError } from "../../sdk/expect-error.ts"
import { viewAt } from "../helpers/view.ts"

const [provider, signing, sending] = ["11", "22", "33"].map((byte) => `0x${byte.repeat(20)}`)
const model = id("model")

function checks(changes: Partial<StartChecks> = {}, owed: readonly string[] = []): StartChecks {
  const client = {
    providers: () => Promise.resolve({ registeredAt: () => Promise.resolve(1n) }),
    models: () =>
      Promise.resolve({
        modelRegisteredAt: (modelId: string) => Promise.resolve(modelId === model ? 1n : 0n),
      }),
  }
  const key = (roles: number) => ({ from: 0n, until: 100_000n, roles })
  return {
    client: client as never,
    actors: { provider, signing, sending },
    state: viewAt(10_000, { signingKey: key(Role.Sign), sendingKey: key(Role.Anchor) }).state,
    models: [model],
    journal: {
      interrupted: () => Promise.resolve([]),
      waiting: () => Promise.resolve([]),
      batches: (state) =>
        Promise.resolve(
          state === "anchored" ? owed.map((modelId) => ({ batch: { modelId } }) as BatchRecord) : [],
        ),
    },
    anchorWithin: 3_600,
    ...changes,
  }
}

const stateWith = (changes: Partial<StartChecks["state"]>) => ({ state: { ...checks().state, ...changes } })

describe("what is checked before anything is signed", () => {
  it("is in order for a provider with its keys and models", async () => {
    await requireFit(checks())
    await requireFit(checks({ actors: { provider, signing, sending: provider } }))
  })

  it("names a provider that is not registered, or excluded for ever", async () => {
    const client = { providers: () => Promise.resolve({ registeredAt: () => Promise.resolve(0n) }) } as never
    await expectError("ProviderUnknown", () => requireFit(checks({ client })))
    await expectError("ProviderTombstoned", () => requireFit(checks(stateWith({ tombstoned: true }))))
  })

  it("names a key in the wrong role, of nobody, ended, or about to end", async () => {
    const roles = (of: number, until = 100_000n) => ({ from: 0n, until, roles: of })
    const wrong = await expectError("KeyNotValid", () =>
      requireFit(checks(stateWith({ signingKey: roles(Role.Anchor) }))),
    )
    expect(wrong.message).contain("may only anchor; it must be one that may sign")
    await expectError("KeyNotValid", () => requireFit(checks(stateWith({ sendingKey: roles(0) }))))
    await expectError("KeyNotValid", () =>
      requireFit(checks(stateWith({ signingKey: roles(Role.Sign, 13_600n) }))),
    )
    await expectError("KeyNotValid", () =>
      requireFit(checks(stateWith({ sendingKey: roles(Role.Anchor, 17_200n) }))),
    )
    await requireFit(checks(stateWith({ sendingKey: roles(Role.Anchor, 17_201n) })))
  })

  it("lets a provider defend what it owes with keys that have ended, or excluded", async () => {
    const ended = { from: 0n, until: 9_000n, roles: Role.All }
    await requireFit(checks(stateWith({ signingKey: ended, sendingKey: ended, tombstoned: true }), [model]))
  })

  it("names a model that is not registered, and one that is owed but not served, unless the former is allowed", async () => {
    await expectError("ModelUnknown", () => requireFit(checks({ models: [model, id("other")] })))
    await requireFit(checks({ models: [model, id("other")], unregistered: new Set([id("other")]) }))
    await expectError("ModelStillOwed", () => requireFit(checks({}, [id("gone")])))
    const interrupted = () => Promise.resolve([{ terms: { modelId: id("begun") } } as Entry])
    const journal = { ...checks().journal, interrupted }
    await expectError("ModelStillOwed", () => requireFit(checks({ journal })))
  })

  it("is for one provider: receipts of another would keep all from being anchored", async () => {
    const known = new Map<string, string>()
    const facts = {
      get: (name: string) => Promise.resolve(known.get(name)),
      set: (name: string, value: string) => Promise.resolve(void known.set(name, value)),
    }
    await bindToProvider(facts, provider)
    await bindToProvider(facts, provider.toUpperCase().replace("0X", "0x"))
    const { message } = await expectError("JournalOfAnother", () => bindToProvider(facts, sending))
    expect(message).contain(provider)
  })
})
