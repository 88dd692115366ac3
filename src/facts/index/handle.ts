import { OnusError, isOnusError } from "../../protocol/errors.ts"
import type { Facts } from "../source.ts"
import { encode } from "./codec.ts"
import { PARAMETERS, type Question, ROUTES } from "./routes.ts"

/** What is answered over HTTP: JSON, `{ asOf, data }` or `{ error: { code, message, hint } }`. */
export interface Reply {
  readonly status: number
  readonly body: string
}

/** The longest text that is taken: an address, a hash, a cursor, a word to search for. */
const LONGEST = 200

/**
 * Answers a GET of a path and its query; `/v1/…` as in `ROUTES`.
 *
 * @param report is told what failed without being anybody's fault outside.
 */
export async function handle(
  facts: Facts,
  url: URL,
  report: (error: unknown) => void = () => {},
): Promise<Reply> {
  try {
    const { question, id } = find(url.pathname)
    const wish = wishOf(question, url.searchParams)
    const answer = await ask(facts, question, id, wish)
    const isMissing = (answer as { data?: unknown }).data === null
    const body = question === "status" ? { asOf: answer, data: answer } : answer
    return { status: isMissing ? 404 : 200, body: encode(body) }
  } catch (error) {
    if (isOnusError(error)) {
      const { code, message, hint } = error
      return { status: code === "PathUnknown" ? 404 : 400, body: encode({ error: { code, message, hint } }) }
    }
    report(error)
    const failed = {
      code: "IndexFailed",
      message: "The index failed to answer",
      hint: "Try again; see its log",
    }
    return { status: 500, body: encode({ error: failed }) }
  }
}

function find(path: string): { readonly question: Question; readonly id: string | undefined } {
  const parts = path.split("/")
  for (const [question, route] of Object.entries(ROUTES)) {
    const wanted = route.split("/")
    if (wanted.length !== parts.length) continue
    if (wanted.every((part, i) => part === ":id" || part === parts[i])) {
      const at = wanted.indexOf(":id")
      return { question: question as Question, id: at < 0 ? undefined : parts[at].slice(0, LONGEST) }
    }
  }
  throw new OnusError("PathUnknown", `There is nothing at ${JSON.stringify(path.slice(0, LONGEST))}`, {
    hint: `Ask for one of ${Object.values(ROUTES).join(", ")}`,
  })
}

type Wish = Readonly<Record<string, unknown>>

function wishOf(question: Question, query: URLSearchParams): Wish {
  const kinds = PARAMETERS[question] ?? {}
  return Object.fromEntries(
    [...query].map(([name, text]) => {
      if (!Object.hasOwn(kinds, name))
        throw invalid(name, text, `give ${Object.keys(kinds).join(", ") || "none"}`)
      return [name, parse(kinds[name], name, text)]
    }),
  )
}

function parse(kind: "number" | "amount" | "flag" | "text", name: string, text: string): unknown {
  if (kind === "number" && /^\d{1,10}(\.\d{1,10})?$/.test(text)) return Number(text)
  if (kind === "amount" && /^\d{1,40}$/.test(text)) return BigInt(text)
  if (kind === "flag" && (text === "true" || text === "false")) return text === "true"
  if (kind === "text" && text.length <= LONGEST) return text
  throw invalid(name, text, `it is a ${kind}`)
}

const invalid = (name: string, text: string, hint: string): OnusError =>
  new OnusError(
    "ParameterInvalid",
    `The parameter ${JSON.stringify(name.slice(0, 40))} cannot be ${JSON.stringify(text.slice(0, 40))}`,
    { hint: `Of the parameters of this path: ${hint}` },
  )

/** Calls the method, as all of them have an id or a wish or both. */
function ask(facts: Facts, question: Question, id: string | undefined, wish: Wish): Promise<unknown> {
  if (question === "history") return facts.history(id!, wish.days as number | undefined)
  const { [question]: method } = facts as unknown as Record<
    Question,
    (...values: unknown[]) => Promise<unknown>
  >
  return id === undefined ? method(wish) : method(id, wish)
}
