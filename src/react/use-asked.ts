import { useCallback, useEffect, useState } from "react"
import { useOnus, type Onus } from "./context.ts"

/** What became of a question. While it is asked again, the answer before it stays. */
export interface Asked<T> {
  /** The latest answer to this question; undefined until there is one. */
  readonly data: T | undefined
  /** Why the latest attempt failed; undefined if it did not. */
  readonly error: Error | undefined
  /** True while it is asked. */
  readonly isLoading: boolean
  /** Asks again now. */
  readonly refresh: () => void
}

interface State<T> {
  readonly key: string
  /** Who was asked: what others would say may differ. */
  readonly onus: Onus
  readonly data?: T | undefined
  readonly error?: Error | undefined
  readonly isLoading: boolean
}

/**
 * Asks when it is first shown, when `key` changes, and then again and again. Answers that come after the component is gone, or to
 * a question that it does not ask any more, are dropped.
 *
 * @param key Says what is asked; undefined asks nothing.
 */
export function useAsked<T>(key: string | undefined, ask: (onus: Onus) => Promise<T>): Asked<T> {
  const onus = useOnus()
  const [state, setState] = useState<State<T>>({ key: key ?? "", onus, isLoading: key !== undefined })
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    if (key === undefined) return undefined
    let isOver = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const isSame = (before: State<T>) => before.key === key && askSame(before.onus, onus)
    const settle = (change: Pick<State<T>, "data" | "error">) => {
      if (isOver) return
      setState((before) => ({ ...(isSame(before) && before), ...change, key, onus, isLoading: false }))
      if (onus.refreshEvery > 0) timer = setTimeout(() => void once(), onus.refreshEvery)
    }
    async function once(): Promise<void> {
      setState((before) => ({ ...(isSame(before) && before), key: key!, onus, isLoading: true }))
      try {
        settle({ data: await ask(onus), error: undefined })
      } catch (error) {
        settle({ error: error instanceof Error ? error : new Error(String(error)) })
      }
    }
    void once()
    return () => {
      isOver = true
      clearTimeout(timer)
    }
    // The key says everything that `ask` closes over.
  }, [onus, key, turn])
  const refresh = useCallback(() => setTurn((before) => before + 1), [])
  const isCurrent = state.key === (key ?? "") && askSame(state.onus, onus)
  return {
    data: isCurrent ? state.data : undefined,
    error: isCurrent ? state.error : undefined,
    isLoading: key !== undefined && (isCurrent ? state.isLoading : true),
    refresh,
  }
}

const askSame = (a: Onus, b: Onus): boolean =>
  a.facts === b.facts && a.client === b.client && a.policies === b.policies
