// Looks through a large file for damage, as a process of its own: `check.ts PATH`. A thread could not be ended before it is done.
import { spawn } from "node:child_process"
import { DatabaseSync } from "node:sqlite"
import { text } from "node:stream/consumers"
import { explain } from "./explain.ts"
import { check } from "./file.ts"
import { type Failure, failureOf } from "./messages.ts"

/** A check that goes on by itself. */
export interface Check {
  /** What is wrong with the file; undefined if nothing is, or if it was stopped. */
  readonly damage: Promise<Error | undefined>
  stop(): void
}

export function checkBeside(path: string): Check {
  const args = [import.meta.filename, path]
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] })
  const failed = new Promise<undefined>((resolve) => child.once("error", () => resolve(undefined)))
  child.unref()
  const damage = text(child.stdout).then((printed) => {
    return printed ? explain(path, JSON.parse(printed) as Failure) : undefined
  })
  return { damage: Promise.race([failed, damage]), stop: () => void child.kill("SIGKILL") }
}

if (process.argv[1] === import.meta.filename) {
  try {
    check(new DatabaseSync(process.argv[2], { readOnly: true, timeout: 10_000 }))
  } catch (error) {
    console.log(JSON.stringify(failureOf(error)))
  }
}
