// The module of a thread that computes: it takes part in all runs of one engine until it is closed.
import { threadParent } from "#thread"
import { instantiate } from "./kernels.ts"
import { SHARED_WORDS, breakOff } from "./shared-words.ts"

/** What a thread is started with. */
export interface ThreadStart {
  readonly module: WebAssembly.Module
  readonly memory: WebAssembly.Memory
  readonly shared: number
  readonly thread: number
  readonly threads: number
}

const parent = threadParent()
parent.onMessage((message) => {
  const { module, memory, shared, thread, threads } = message as ThreadStart
  const kernels = instantiate(module, memory)
  parent.post(true)
  try {
    kernels.serve(shared, thread, threads)
  } catch (error) {
    breakOff(new Int32Array(memory.buffer, shared, SHARED_WORDS))
    throw error
  }
})
