import type { ProviderFacts } from "../../../src/facts/source.ts"
import type { Tone } from "../components/parts.tsx"

/** What a provider's status means, for who thinks of relying on it. */
export const STATUS: Readonly<
  Record<ProviderFacts["status"], { readonly tone: Tone; readonly means: string }>
> = {
  active: { tone: "good", means: "Has stake, and can stand behind answers" },
  idle: { tone: "unknown", means: "Has too little stake to stand behind an answer" },
  leaving: { tone: "wait", means: "Takes stake out" },
  frozen: { tone: "wait", means: "Takes stake out, of which open disputes keep a part" },
  excluded: { tone: "bad", means: "Can never anchor again" },
}
