import type { ReceiptStage } from "../../../src/facts/state/receipt.ts"
import type { Tone } from "../components/parts.tsx"

/** The stages of an answer, as people see them. */
export const STAGES: Readonly<Record<ReceiptStage, { readonly tone: Tone; readonly name: string }>> = {
  unknown: { tone: "unknown", name: "Not on the chain by itself" },
  signed: { tone: "unknown", name: "Signed only" },
  anchored: { tone: "wait", name: "Challengeable" },
  disputed: { tone: "wait", name: "Disputed" },
  final: { tone: "good", name: "Final" },
  convicted: { tone: "bad", name: "Convicted" },
}

/** The faults in words. */
export const FAULTS = {
  equivocation: "two different answers to one request",
  execution: "wrong execution, or what it committed to was not shown",
  omission: "signed, and never anchored",
} as const
