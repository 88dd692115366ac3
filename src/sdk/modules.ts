import {
  Models__factory,
  Omission__factory,
  Providers__factory,
  Reputation__factory,
  type Models,
  type Omission,
  type Onus,
  type Providers,
  type Reputation,
} from "./contracts.ts"
import { call } from "./errors.ts"
import { Fault } from "./fault.ts"

/** The contracts beside the registry. Each is looked up in it when it is first needed, and then remembered. */
export interface Modules {
  readonly providers: () => Promise<Providers>
  readonly models: () => Promise<Models>
  readonly reputation: () => Promise<Reputation>
  readonly omission: () => Promise<Omission>
}

/** The modules of a registry, as the account sees them that it is connected to. */
export function modulesOf(onus: Onus): Modules {
  const { runner } = onus
  return {
    providers: once(async () => Providers__factory.connect(await call(onus.providers()), runner)),
    models: once(async () => Models__factory.connect(await call(onus.models()), runner)),
    reputation: once(async () => Reputation__factory.connect(await call(onus.reputation()), runner)),
    omission: once(async () =>
      Omission__factory.connect(await call(onus.faultModule(Fault.Omission)), runner),
    ),
  }
}

/** Does something once; what has failed is tried again. */
function once<T>(act: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined
  return () =>
    (done ??= act().catch((error: unknown) => {
      done = undefined
      throw error
    }))
}
