// The module of a hashing thread. It says when it is ready, and when it is done with what it was sent.
import { threadParent } from "#thread"
import { type TraceJob, followRun, joinRun } from "./follow.ts"

/** A run that is to be hashed while it goes on, or one that has ended. */
export type Task = { readonly follow: TraceJob } | { readonly join: TraceJob }

const parent = threadParent()
parent.onMessage((message) => {
  const task = message as Task
  if ("follow" in task) followRun(task.follow)
  else joinRun(task.join)
  parent.post("done")
})
parent.post("ready")
