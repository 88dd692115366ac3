import { useEffect, useRef, useState } from "react"
import type { Answer, Facts } from "../../../src/facts/source.ts"
import { useSource } from "./context.tsx"

/** A question to the facts, and what is known of its answer. */
export interface Asked<T> {
  /** Undefined until the first answer; stays while a newer one is awaited. */
  readonly data: T | undefined
  readonly problem: unknown
}

/** When the first facts were on the screen: for who measures the page. */
const FIRST_CONTENT = "first content"

let isMarked = false

function markFirstContent(): void {
  if (isMarked) return
  isMarked = true
  requestAnimationFrame(() => setTimeout(() => performance.mark(FIRST_CONTENT)))
}

/**
 * Asks the facts, and again whenever they know of another block.
 *
 * @param key Names the question: another key is another question.
 * @param size How much of the answer is wanted: what is there of it stays while more of it is awaited.
 */
export function useAnswer<T>(
  key: string,
  ask: (facts: Facts) => Promise<Answer<T>>,
  size?: number,
): Asked<T> {
  const { facts, asOf } = useSource()
  const [state, setState] = useState<Asked<T> & { readonly key: string }>()
  const asking = useRef(ask)
  asking.current = ask
  const block = asOf?.block
  useEffect(() => {
    let isOver = false
    asking.current(facts).then(
      ({ data }) => {
        if (isOver) return
        setState({ key, data, problem: undefined })
        markFirstContent()
      },
      (problem: unknown) =>
        isOver ||
        setState((before) => ({ key, data: before?.key === key ? before.data : undefined, problem })),
    )
    return () => {
      isOver = true
    }
  }, [facts, key, size, block])
  return state?.key === key ? state : { data: undefined, problem: undefined }
}
