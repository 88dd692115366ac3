import { CommanderError } from "commander"
import { OnusError } from "../protocol/errors.ts"
import { ExitCode, exitCodeOf } from "./exit-code.ts"
import { printError } from "./output.ts"
import { createProgram } from "./program.ts"

/** Runs the CLI; the outcome is in the exit code, and what went wrong is printed. */
export async function main(argv: readonly string[]): Promise<void> {
  const json = argv.includes("--json")
  // The reader of a pipe may leave before everything is printed (`onus ... | head`).
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit()
  })
  try {
    const program = await createProgram(argv[2])
    await program.parseAsync(argv)
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = usage(error, json)
    else {
      printError(error, json)
      process.exitCode = exitCodeOf(error)
    }
  }
  // A request that ran into its time limit keeps its socket, and the process with it.
  process.stdout.write("", () => process.exit())
}

/** Help and version were printed already; anything else is a wrong command line. */
function usage(error: CommanderError, json: boolean): ExitCode {
  if (error.exitCode === 0) return ExitCode.Ok
  if (error.code !== "commander.help") {
    const [message, suggestion] = error.message.replace(/^error: /, "").split("\n")
    const hint = suggestion?.replace(/^\((.*)\)$/, "$1") ?? "Ask for the options with --help"
    printError(new OnusError("UsageInvalid", message, { hint }), json)
  }
  return ExitCode.Usage
}
