import { type AnchorHTMLAttributes, type MouseEvent, useSyncExternalStore } from "react"

/** Hears of changes of the address that no event tells of. */
const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  addEventListener("popstate", listener)
  return () => {
    listeners.delete(listener)
    removeEventListener("popstate", listener)
  }
}

const addressNow = (): string => location.pathname + location.search

/** Goes to a page of this site. */
export function navigate(to: string, isReplaced = false): void {
  if (to === addressNow()) return
  history[isReplaced ? "replaceState" : "pushState"](null, "", to)
  if (!isReplaced) scrollTo(0, 0)
  for (const listener of listeners) listener()
}

/** The parts of the page's path, and what its query says. */
export function useAddress(): { readonly path: readonly string[]; readonly query: URLSearchParams } {
  const address = useSyncExternalStore(subscribe, addressNow)
  const url = new URL(address, location.origin)
  return { path: url.pathname.split("/").filter((part) => part !== ""), query: url.searchParams }
}

/** Changes parts of the query; what is empty is left out of it. */
export function changeQuery(changes: Readonly<Record<string, string | undefined>>): void {
  const url = new URL(location.href)
  for (const [name, value] of Object.entries(changes)) {
    if (value) url.searchParams.set(name, value)
    else url.searchParams.delete(name)
  }
  navigate(url.pathname + url.search, true)
}

/** A link to a page of this site, followed without loading it anew. */
export function Link({ href, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) {
  const follow = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0) return
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    navigate(href)
  }
  return <a href={href} onClick={follow} {...rest} />
}
