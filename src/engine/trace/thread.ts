import { Worker, parentPort } from "node:worker_threads"

/** The side of a thread that started it. */
export interface Thread {
  post(message: unknown): void
  onMessage(handler: (message: unknown) => void): void
  /** What the thread died of; no message comes afterwards. */
  onError(handler: (error: Error) => void): void
  /** Whether the process waits for the thread when it has nothing else to do. At first it does. */
  keep(alive: boolean): void
  close(): Promise<void>
}

/** The side of the thread itself. */
export type ThreadParent = Pick<Thread, "post" | "onMessage">

/** Starts a module as a thread. Imported as `#thread`; browsers get `thread.browser.ts`. */
export function startThread(url: URL): Thread {
  const worker = new Worker(url)
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (handler) => worker.on("message", handler),
    onError: (handler) => worker.on("error", handler),
    keep: (alive) => (alive ? worker.ref() : worker.unref()),
    close: async () => {
      await worker.terminate()
    },
  }
}

/** For the module of a thread: who started it. */
export function threadParent(): ThreadParent {
  return {
    post: (message) => parentPort?.postMessage(message),
    onMessage: (handler) => parentPort?.on("message", handler),
  }
}
