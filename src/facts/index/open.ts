import { OnusError } from "../../protocol/errors.ts"
import type { Answer, AsOf, Facts } from "../source.ts"
import { decode } from "./codec.ts"
import { type Question, ROUTES } from "./routes.ts"

export interface IndexFactsOptions {
  /** Where an index answers: `http://127.0.0.1:42069`. */
  readonly url: string
  /** Milliseconds for an answer; 10,000 if left out. */
  readonly timeout?: number
}

/**
 * Answers from an index over HTTP, the same as those from the chain.
 *
 * @throws OnusError from each call: what the index refuses by its own code, `IndexUnreachable`, `IndexInvalid`.
 * @example
 * ```ts
 * const facts = openIndexFacts({ url: "http://127.0.0.1:42069" })
 * const { data, asOf } = await facts.disputes({ state: "open" })
 * ```
 */
export function openIndexFacts({ url, timeout = 10_000 }: IndexFactsOptions): Facts {
  const ask = async (question: Question, id?: string, wish: object = {}): Promise<Answer<unknown>> => {
    const path = ROUTES[question].replace(":id", encodeURIComponent(id ?? ""))
    const query = Object.entries(wish).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)] as [string, string]],
    )
    const target = new URL(path, url)
    target.search = new URLSearchParams(query).toString()
    return readAnswer(target, timeout)
  }
  const answers = Object.fromEntries(
    (Object.keys(ROUTES) as Question[]).map((question) => [
      question,
      ROUTES[question].includes(":id")
        ? (id: string, wish?: object) => ask(question, id, wish)
        : (wish?: object) => ask(question, undefined, wish),
    ]),
  ) as unknown as Facts
  return {
    ...answers,
    status: async () => (await ask("status")).data as AsOf,
    history: (provider, days) => ask("history", provider, { days }) as ReturnType<Facts["history"]>,
  }
}

async function readAnswer(url: URL, timeout: number): Promise<Answer<unknown>> {
  const text = await fetch(url, { signal: AbortSignal.timeout(timeout) })
    .then((response) => response.text())
    .catch((cause: unknown) => {
      throw new OnusError("IndexUnreachable", `No index answers at ${url.origin}`, {
        hint: "Start one with `npm run index`, or read the chain itself",
        cause,
      })
    })
  const answer = parse(text)
  if (answer?.error) throw new OnusError(answer.error.code, answer.error.message, { hint: answer.error.hint })
  if (answer?.asOf && "data" in answer) return answer as Answer<unknown>
  throw new OnusError("IndexInvalid", `What answers at ${url.origin} is no index of this version`, {
    hint: "Check the address and the version of the index",
  })
}

interface Told extends Partial<Answer<unknown>> {
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string }
}

function parse(text: string): Told | undefined {
  try {
    return decode(text) as Told
  } catch {
    return undefined
  }
}
