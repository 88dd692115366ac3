// The thread that has a SQLite file open, so that nothing else waits for the disk.
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads"
import { Group } from "./group.ts"
import { openFile, settle } from "./file.ts"
import { type Beginning, CLOSE, type Reply, type Request, type Task, failureOf } from "./messages.ts"

/** Transactions that are committed together at most: what comes later should not wait for too many. */
const GROUP_LIMIT = 256

/** Milliseconds between two looks at the log. */
const SETTLE_EVERY = 200

/** Moves what is logged into the file until it is told to close. */
function settleOften(port: MessagePort, task: Task): void {
  const database = openFile(task)
  const timer = setInterval(() => settle(database), SETTLE_EVERY)
  port.once("message", () => {
    clearInterval(timer)
    database.close()
    port.close()
  })
}

/** Serves requests until it is told to close. */
function serve(port: MessagePort, task: Task): void {
  const database = openFile(task)
  const group = new Group(database)

  const handle = (requests: readonly Request[]): readonly Reply[] =>
    task.role === "write" ? group.commit(requests) : requests.map((request) => group.read(request))

  port.on("message", (first: Request | typeof CLOSE) => {
    const requests: Request[] = []
    let next: Request | typeof CLOSE | undefined = first
    // Whatever has come in while the disk worked belongs to the next group.
    while (next !== undefined && next !== CLOSE) {
      requests.push(next)
      if (requests.length === GROUP_LIMIT) break
      next = receiveMessageOnPort(port)?.message as Request | typeof CLOSE | undefined
    }
    if (requests.length > 0) port.postMessage(handle(requests))
    if (next !== CLOSE) return
    database.close()
    port.close()
  })
}

/** Begins, or says why it cannot. */
function start(port: MessagePort, task: Task): void {
  let beginning: Beginning = {}
  try {
    if (task.role === "settle") settleOften(port, task)
    else serve(port, task)
  } catch (error) {
    beginning = { failure: failureOf(error) }
  }
  port.postMessage(beginning)
}

if (parentPort) start(parentPort, workerData as Task)
