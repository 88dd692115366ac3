import { randomUUID } from "node:crypto"
import type { MiddlewareHandler } from "hono"
import { validateAllowableSQLQuery } from "../../node_modules/ponder/dist/esm/utils/sql-parse.js"

/** Statements that are known to be allowed, so that they are not looked at again. */
const known = new Set<string>()
const MOST_KNOWN = 1000

/**
 * Lets only pass what Ponder allows. Ponder remembers that by forty bits of a statement's hash: who finds an allowed statement that agrees
 * in them with another, which takes seconds, could write. So it is asked about the statement with a comment that nobody can foresee.
 */
export const onlyReading: MiddlewareHandler = async (context, next) => {
  const statement = statementIn(context.req.query("sql"))
  if (statement === undefined) return context.text("The parameter sql holds no statement", 400)
  try {
    await requireAllowed(statement)
  } catch (error) {
    return context.text((error as Error).message, 400)
  }
  return next()
}

/** As `superjson` writes it: beside JSON stands what of it is something else, by paths. */
interface Written {
  readonly json?: { readonly sql?: unknown }
  readonly meta?: { readonly values?: object; readonly referentialEqualities?: unknown }
}

/** @returns undefined if it is not what `@ponder/client` writes: a statement that is nothing else than what stands there. */
function statementIn(query: string | undefined): string | undefined {
  try {
    const { json, meta = {} } = JSON.parse(query ?? "") as Written
    const isPlain = Object.keys(meta.values ?? {}).every((path) => /^(params|typings)\b/.test(path))
    if (!isPlain || meta.referentialEqualities !== undefined) return undefined
    return typeof json?.sql === "string" ? json.sql : undefined
  } catch {
    return undefined
  }
}

async function requireAllowed(statement: string): Promise<void> {
  if (known.has(statement)) return
  // Twice: what is remembered of others agrees with one such comment in a million at most, with two in a billion of billions.
  for (let time = 0; time < 2; time++) await validateAllowableSQLQuery(`${statement}\n--${randomUUID()}`)
  if (known.size >= MOST_KNOWN) known.clear()
  known.add(statement)
}
