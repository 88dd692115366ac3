import { createContext, createElement, type ReactNode, useContext, useMemo } from "react"
import { OnusError } from "../protocol/errors.ts"
import type { Facts } from "../facts/source.ts"
import type { Client } from "../sdk/client.ts"

/** What hooks ask. */
export interface Onus {
  readonly facts: Facts
  /** To check policies: a client that can read is enough. */
  readonly client?: Client | undefined
  /** Address of the registry's `Policies`. */
  readonly policies?: string | undefined
  /** Milliseconds between an answer and asking again; 0 asks once. */
  readonly refreshEvery: number
}

const Context = createContext<Onus | undefined>(undefined)

export interface OnusProviderProps extends Omit<Onus, "refreshEvery"> {
  /** Milliseconds between an answer and asking again: 12,000 if left out, 0 asks once. */
  readonly refreshEvery?: number
  readonly children?: ReactNode
}

/**
 * Gives facts to the hooks below it.
 *
 * @example
 * const facts = await openFacts({ rpc, registry })
 * createRoot(element).render(createElement(OnusProvider, { facts }, createElement(App)))
 */
export function OnusProvider({
  facts,
  client,
  policies,
  refreshEvery = 12_000,
  children,
}: OnusProviderProps) {
  const value = useMemo(
    () => ({ facts, client, policies, refreshEvery }),
    [facts, client, policies, refreshEvery],
  )
  return createElement(Context.Provider, { value }, children)
}

/** What the provider above gives. @throws OnusError `ProviderMissing` when there is none. */
export function useOnus(): Onus {
  const onus = useContext(Context)
  if (onus) return onus
  throw new OnusError("ProviderMissing", "There is no OnusProvider above this component", {
    hint: "Wrap the application in <OnusProvider facts={facts}>",
  })
}
