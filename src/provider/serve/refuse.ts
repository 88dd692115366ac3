import { OnusError } from "../../protocol/errors.ts"

/** A request that is not understood. */
export function malformed(why: string, hint?: string): OnusError {
  return new OnusError("RequestMalformed", `The request is not understood: ${why}`, hint ? { hint } : {})
}

/** Text of a stranger for a message: quoted, and not longer than anybody reads. */
export function quoted(value: unknown): string {
  const text = textOf(value)
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    // Nested more deeply than there is room to write it.
    return "what cannot be written"
  }
}
