import { OnusError } from "../protocol/errors.ts"
import { type Instruments, type InstrumentsOptions, openInstruments } from "./instruments.ts"
import { Opened } from "./opened.ts"
import { Shutdown } from "./shutdown.ts"

/** A chain was rewritten below what counted as final: who starts the program again must have looked. */
const REORG_EXIT = 2
/** Something else is needed before the program can go on: whoever supervises it should start it again. */
const RESTART_EXIT = 75

export interface ProgramOptions extends Omit<InstrumentsOptions, "onStuck"> {
  /** What it is called in its log: `node`. */
  readonly name: string
  readonly shutdown: { readonly timeout: number }
  /** Ends it as SIGTERM does: for those that run it in a process with others. */
  readonly signal?: AbortSignal | undefined
  /** What the first line of the log says besides. */
  readonly about: Readonly<Record<string, string>>
}

/** What every part of a start needs. */
export interface Run {
  readonly instruments: Instruments
  readonly opened: Opened
  readonly shutdown: Shutdown
  /** Ends the program, as nothing that it does from now on could be right. */
  readonly fatal: (error: OnusError) => void
  /** Whether that has happened. */
  isBroken: boolean
}

/**
 * Runs a program until it is told to end, or cannot go on.
 *
 * @param start opens everything, and says to `shutdown` how it ends.
 * @returns the exit code.
 * @throws OnusError that names what is wrong, when it cannot start: everything is closed again.
 */
export async function runProgram(
  options: ProgramOptions,
  start: (run: Run) => Promise<void>,
): Promise<number> {
  const { name, about, signal } = options
  const instruments = openInstruments({ ...options, onStuck: (loop) => run.fatal(stuck(loop)) })
  const { log, readiness, alerts } = instruments
  const shutdown = new Shutdown({ timeout: options.shutdown.timeout, log })
  const ignore = shutdown.listen()
  const abort = () => shutdown.begin("aborted")
  signal?.addEventListener("abort", abort)
  const opened = new Opened()
  opened.add("alerts", alerts, (it) => it.close())
  const run: Run = {
    instruments,
    opened,
    shutdown,
    isBroken: false,
    fatal(error) {
      run.isBroken = true
      log.error({ error }, `The ${name} cannot go on`)
      alerts.raise({ code: error.code, severity: "critical", message: error.message })
      shutdown.begin(error.code, error.code === "ReorgTooDeep" ? REORG_EXIT : RESTART_EXIT)
    },
  }
  readiness.report("starting", { code: "Starting", message: `The ${name} is starting` })
  try {
    log.info({ ...about, process: process.pid }, `A ${name} starts`)
    if (signal?.aborted) abort()
    const starting = start(run)
    // Told to end meanwhile, it ends in order all the same. What does not start is said below.
    shutdown.add("start", "start", () => starting.catch(() => undefined))
    await starting
    readiness.report("starting")
    return await shutdown.finished
  } finally {
    await opened.close((part, error) => log.warn({ part, error }, "A part does not close"))
    signal?.removeEventListener("abort", abort)
    ignore()
  }
}

const stuck = (loop: string): OnusError =>
  new OnusError("LoopStuck", `The loop ${loop} hangs however often it is begun anew`, {
    hint: "The process is to be started again; if it happens again, see in the log what it waits for",
  })
