// The module of a hashing thread: one run after the other, each answered with whether it was finished.
import { threadParent } from "#thread"
import { type TraceJob, followRun } from "./follow.ts"

const parent = threadParent()
parent.onMessage((job) => parent.post(followRun(job as TraceJob)))
parent.post(true)
