// The module of a hashing thread: answers what it is asked for with whether the run was finished.
import { threadParent } from "#thread"
import { type TraceJob, followRun, joinRun } from "./follow.ts"

/** A run that is to be hashed while it goes on, or that has to be hashed to its end. */
export type Question = { readonly follow: TraceJob } | { readonly join: TraceJob }

const parent = threadParent()
parent.onMessage((message) => {
  const question = message as Question
  parent.post("follow" in question ? followRun(question.follow) : joinRun(question.join))
})
parent.post(true)
