import type { Case } from "../book.ts"

/** What the player writes into a case. */
export interface Notes {
  /** What was expected when the first money was spent: it is not asked again whether it is worth it. */
  readonly approved?: Readonly<Record<string, string>>
}

/** Reads the notes of a case; what somebody else wrote there says nothing. */
export function notesOf({ notes }: Pick<Case, "notes">): Notes {
  try {
    const { approved } = JSON.parse(notes) as Partial<Notes>
    return typeof approved === "object" ? { approved } : {}
  } catch {
    return {}
  }
}
