// Hooks whose answers are given by hand, in any order.
import { createElement } from "react"
import { createRoot } from "react-dom/client"
import type { Facts } from "onus/facts"
import { OnusProvider, useProvider } from "onus/react"

interface Question {
  readonly id: string
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: Error) => void
}

function Shown({ id }: { readonly id: string | undefined }) {
  const { data, error, isLoading } = useProvider(id)
  const parts = [data?.data?.id ?? "nothing", error?.message ?? "no error", isLoading ? "asking" : "at rest"]
  return createElement("p", {}, parts.join(", "))
}

/** Milliseconds until what should be shown is given up, and for which what should not be has time to come. */
const [PATIENCE, PAUSE] = [10_000, 20]
const rest = () => new Promise((resolve) => setTimeout(resolve, PAUSE))

/** Goes through steps; returns what is shown after each, and waits for what should be. */
export async function trial(): Promise<(readonly [step: string, shown: string, expected: string])[]> {
  const asked: Question[] = []
  const provider = (id: string) =>
    new Promise((resolve, reject) => asked.push({ id, reject, resolve: () => resolve({ data: { id } }) }))
  const [one, other] = [{ provider }, { provider }] as unknown as Facts[]
  const place = document.createElement("div")
  const root = createRoot(place)
  const show = (id: string | undefined, refreshEvery: number, facts = one) =>
    root.render(createElement(OnusProvider, { facts, refreshEvery }, createElement(Shown, { id })))
  const seen: (readonly [string, string, string])[] = []
  const see = async (step: string, change: () => void, expected: string) => {
    const shown = () => `${place.textContent}; ${asked.length} asked`
    change()
    const end = Date.now() + PATIENCE
    do await rest()
    while (shown() !== expected && Date.now() < end)
    seen.push([step, shown(), expected])
  }
  await see("no question", () => show(undefined, 0), "nothing, no error, at rest; 0 asked")
  await see("a is asked for", () => show("a", 0), "nothing, no error, asking; 1 asked")
  await see("b is asked for", () => show("b", 0), "nothing, no error, asking; 2 asked")
  await see("a is answered", () => asked[0].resolve(undefined), "nothing, no error, asking; 2 asked")
  await see("b is answered", () => asked[1].resolve(undefined), "b, no error, at rest; 2 asked")
  await see("b is asked for again", () => show("b", 5), "b, no error, asking; 3 asked")
  await see("that fails", () => asked[2].reject(new Error("no node")), "b, no node, asking; 4 asked")
  await see("another one is asked", () => show("b", 5, other), "nothing, no error, asking; 5 asked")
  await see("c is asked for", () => show("c", 5, other), "nothing, no error, asking; 6 asked")
  await see("nobody asks", () => root.unmount(), "; 6 asked")
  await see("c is answered", () => asked[5].resolve(undefined), "; 6 asked")
  const bare = createRoot(place, {
    onUncaughtError: (error) => (place.title = (error as { code: string }).code),
  })
  await see("nobody gives facts", () => bare.render(createElement(Shown, { id: "a" })), "; 6 asked")
  return [...seen, ["whose error is", place.title, "ProviderMissing"]]
}
