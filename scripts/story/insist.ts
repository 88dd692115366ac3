import { OnusError } from "../../src/protocol/errors.ts"

/** The error that an action ends with, or its result: for what must be refused. */
export async function attempt<T>(action: Promise<T>): Promise<T | Error> {
  return action.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
}

/** Ends the story unless what it says is so. */
export function insist(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new OnusError("StoryBroken", `It does not hold that ${sentence}`)
}
