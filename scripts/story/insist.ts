import { OnusError } from "../../src/protocol/errors.ts"

/** Ends the story unless what it says is so. */
export function insist(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new OnusError("StoryBroken", `It does not hold that ${sentence}`)
}
