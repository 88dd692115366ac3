import type { Thread, ThreadParent } from "./thread.ts"

/** Twin of `thread.ts` for browsers. */
export function startThread(url: URL): Thread {
  const worker = new Worker(url, { type: "module" })
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (handler) => worker.addEventListener("message", ({ data }) => handler(data)),
    onError: (handler) =>
      worker.addEventListener("error", ({ message }) =>
        handler(new Error(message || `${url} does not load`)),
      ),
    keep: () => {},
    close: () => Promise.resolve(worker.terminate()),
  }
}

/** Twin of `thread.ts` for browsers. */
export function threadParent(): ThreadParent {
  return {
    post: (message) => postMessage(message),
    onMessage: (handler) => addEventListener("message", ({ data }) => handler(data)),
  }
}
