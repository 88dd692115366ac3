import { type DestinationStream, pino } from "pino"
import { isOnusError } from "../protocol/errors.ts"
import type { LogLevel } from "./config/shared-config.ts"
import { type Scrub, createScrub } from "./scrub.ts"

/** One line for each thing that happened: what, and the values. */
export type Say = (values: Readonly<Record<string, unknown>>, message: string) => void

/** Where a program says what it does: lines of JSON. */
export interface Log {
  readonly trace: Say
  readonly debug: Say
  readonly info: Say
  readonly warn: Say
  readonly error: Say
  /** The same log, with values that every line of it has. */
  child(values: Readonly<Record<string, unknown>>): Log
}

export interface LogOptions {
  readonly level: LogLevel
  /** stdout if it is left out. */
  readonly destination?: DestinationStream
  readonly scrub?: Scrub
}

/** Values under these names are never written: keys, and what consumers entrusted to the node. */
const HIDDEN_NAMES =
  /^(authorization|cookie|set-cookie|password|passphrase|secrets?|mnemonic|private_?key|api_?key|x-api-key|.*token|inputs?|outputs?|body|prompt|environment)$/i
const DEEPEST = 5
const MOST_PARTS = 50
const LONGEST = 2000

/** Makes a log. What is in it is short, plain and without secrets, whatever is handed to it. */
export function createLog({ level, destination, scrub = createScrub() }: LogOptions): Log {
  const options = {
    level,
    base: null,
    messageKey: "message",
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (values: object) => plain(values, 0) as Record<string, unknown>,
    },
    // The last step of all: nothing gets around it.
    hooks: { streamWrite: scrub },
  }
  return wrap(destination ? pino(options, destination) : pino(options))
}

function wrap(logger: pino.Logger): Log {
  const say =
    (level: "trace" | "debug" | "info" | "warn" | "error"): Say =>
    (values, message) =>
      logger[level](values, cut(message))
  return {
    trace: say("trace"),
    debug: say("debug"),
    info: say("info"),
    warn: say("warn"),
    error: say("error"),
    child: (values) => wrap(logger.child(plain(values, 0) as Record<string, unknown>)),
  }
}

/** A log that says nothing. */
export const silentLog: Log = createLog({ level: "silent" })

const cut = (text: string) => (text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}...`)

function plain(value: unknown, depth: number): unknown {
  if (typeof value === "string") return cut(value)
  if (typeof value === "bigint") return value.toString()
  if (typeof value === "function" || typeof value === "symbol") return undefined
  if (typeof value !== "object" || value === null) return value
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (depth >= DEEPEST) return "..."
  if (value instanceof Error) return errorParts(value, depth)
  if (Array.isArray(value)) return value.slice(0, MOST_PARTS).map((part) => plain(part, depth + 1))
  const entries = Object.entries(value).slice(0, MOST_PARTS)
  return Object.fromEntries(
    entries.map(([name, part]) => [name, HIDDEN_NAMES.test(name) ? "[hidden]" : plain(part, depth + 1)]),
  )
}

/** Of a foreign error only the message and the place: libraries hang whole requests on theirs. */
function errorParts(error: Error, depth: number): object {
  const { message, cause, stack } = error
  const code = (error as { code?: unknown }).code
  return {
    ...(typeof code === "string" || typeof code === "number" ? { code } : {}),
    message: cut(message),
    ...(isOnusError(error) ? {} : { stack: cut(stack ?? "") }),
    ...(cause === undefined ? {} : { cause: plain(cause, depth + 1) }),
  }
}
