import { type ReactNode, createContext, useContext, useEffect, useMemo, useState } from "react"
import type { AsOf, Facts } from "../../../src/facts/source.ts"
import { type Chain, openChain } from "./chain.ts"
import { openFacts } from "./open-facts.ts"
import { type Site, loadSite } from "./site.ts"

/** Milliseconds between two looks at the head. */
const POLL = 2_000

/** Everything that pages show comes from here. */
export interface Source {
  readonly site: Site
  readonly facts: Facts
  /** Undefined until the node has answered. */
  readonly chain: Chain | undefined
  /** What the facts know of, as of the last look. */
  readonly asOf: AsOf | undefined
  /** What went wrong at the last look; what is shown is older then. */
  readonly problem: unknown
  /** Looks at the head now. */
  readonly look: () => void
}

const SourceContext = createContext<Source | undefined>(undefined)

/** The source of a page's facts. */
export function useSource(): Source {
  const source = useContext(SourceContext)
  if (!source) throw new Error("This stands outside of a source")
  return source
}

/** Opens the site's facts and keeps looking at their head. */
export function SourceProvider({
  children,
  waiting,
}: {
  readonly children: ReactNode
  readonly waiting: (problem: unknown) => ReactNode
}) {
  const [opened, setOpened] = useState<{ site: Site; facts: Facts }>()
  const [chain, setChain] = useState<Chain>()
  const [asOf, setAsOf] = useState<AsOf>()
  const [problem, setProblem] = useState<unknown>()
  const [looks, setLooks] = useState(0)

  useEffect(() => {
    void persistently(loadSite, setProblem).then((site) => {
      void persistently(() => openChain(site), setProblem).then(setChain)
      void persistently(() => openFacts(site), setProblem).then((facts) => {
        setProblem(undefined)
        setOpened({ site, facts })
      })
    })
  }, [])

  const facts = opened?.facts
  useEffect(() => {
    if (!facts) return
    let [isOver, timer] = [false, 0]
    const look = async () => {
      try {
        const now = await facts.status()
        if (isOver) return
        // The same answer again changes nothing on the page.
        setAsOf((before) => (before && isSame(before, now) ? before : now))
        setProblem(undefined)
      } catch (error) {
        if (!isOver) setProblem(error)
      }
      if (!isOver) timer = window.setTimeout(() => void look(), POLL)
    }
    void look()
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [facts, looks])

  const source = useMemo(
    () =>
      opened && {
        ...opened,
        chain,
        asOf,
        problem,
        look: () => setLooks((count) => count + 1),
      },
    [opened, chain, asOf, problem],
  )
  if (!source) return waiting(problem)
  return <SourceContext value={source}>{children}</SourceContext>
}

/** Tries until it succeeds: a node that does not answer when a page is opened may do so later. */
async function persistently<T>(open: () => Promise<T>, failed: (problem: unknown) => void): Promise<T> {
  for (;;)
    try {
      return await open()
    } catch (problem) {
      failed(problem)
      await new Promise((resolve) => setTimeout(resolve, POLL))
    }
}

const isSame = (a: AsOf, b: AsOf): boolean =>
  (Object.keys(a) as (keyof AsOf)[]).every((name) => a[name] === b[name])
