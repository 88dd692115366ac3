import type { RpcError } from "./classify.ts"

/** What a node answers. */
export type Answer = { readonly result: unknown } | { readonly error: RpcError }

/** The longest `Retry-After` that is believed, in milliseconds. */
const LONGEST_PENALTY = 300_000

/** Milliseconds of a `Retry-After`: seconds or a date. */
export function retryAfter(text: string | null): number {
  if (text === null) return 0
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return milliseconds > 0 ? Math.min(milliseconds, LONGEST_PENALTY) : 0
}

/** The answer in a text; undefined if it is none, or not to this request. */
export function parseAnswer(text: string, id: number): Answer | undefined {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof body !== "object" || body === null) return undefined
  const { id: of, result, error } = body as Record<string, unknown>
  if (typeof error === "object" && error !== null && (of === id || of === null || of === undefined)) {
    const { code, message } = error as Record<string, unknown>
    const data = revertData(error)
    return {
      error: {
        code: typeof code === "number" ? code : 0,
        message: typeof message === "string" ? message : "",
        ...(data === undefined ? {} : { data }),
      },
    }
  }
  return of === id && result !== undefined ? { result } : undefined
}

/** The bytes that a contract reverted with, wherever the node put them; nothing else that it adds is passed on. */
function revertData(error: unknown, depth = 0): string | undefined {
  if (typeof error === "string") return /^(?:Reverted )?(0x(?:[0-9a-f]{2})*)$/i.exec(error)?.[1]
  if (typeof error !== "object" || error === null || depth > 3) return undefined
  return revertData((error as { data?: unknown }).data, depth + 1)
}

/** The code of a broken connection, as ECONNREFUSED, which the library puts into causes. */
export function codeOf(error: unknown, depth = 0): string {
  if (typeof error !== "object" || error === null || depth > 4) return ""
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  const inner = codeOf(cause, depth + 1)
  if (inner !== "") return inner
  return typeof code === "string" && /^[A-Z][A-Z0-9_]{2,40}$/.test(code) ? code : ""
}
