// The page that a browser opens: hands the work to a thread, since a page itself may not wait.
import { startThread } from "#thread"

const thread = startThread(new URL("./page-thread.ts", import.meta.url))

Object.assign(globalThis, {
  /** Called by `chromium.ts`. */
  identities: (options: unknown) =>
    new Promise((resolve, reject) => {
      thread.onMessage(resolve)
      thread.onError(reject)
      thread.post(options)
    }),
})
