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
  const [state, setState] = useState<State<T>>({ key: key ?? "", isLoading: key !== undefined })
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    if (key === undefined) return undefined
    let isOver = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const settle = (change: Omit<State<T>, "key" | "isLoading">) => {
      if (isOver) return
      setState((before) => ({ ...(before.key === key ? before : {}), ...change, key, isLoading: false }))
      if (onus.refreshEvery > 0) timer = setTimeout(() => void once(), onus.refreshEvery)
    }
    async function once(): Promise<void> {
      setState((before) =>
        before.key === key ? { ...before, isLoading: true } : { key: key!, isLoading: true },
      )
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
  const isCurrent = state.key === (key ?? "")
  return {
    data: isCurrent ? state.data : undefined,
    error: isCurrent ? state.error : undefined,
    isLoading: key !== undefined && (isCurrent ? state.isLoading : true),
    refresh,
  }
}
