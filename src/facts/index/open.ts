import { OnusError } from "../../protocol/errors.ts"
import type { Facts } from "../source.ts"

/** Facts of an index. */
export function openIndexFacts(url: string): Facts {
  const refuse = () => Promise.reject(new OnusError("IndexUnreachable", `No index answers at ${url}`))
  return new Proxy({} as Facts, { get: () => refuse })
}
