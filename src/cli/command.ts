import { Command, Option } from "commander"
import { type Report, printReport } from "./output.ts"

const DEFAULT_RPC = "http://127.0.0.1:8545"

/**
 * A command with what all commands share: `--json`, an example in its help, and an action that returns
 * what to print.
 */
export function command(usage: string, description: string, ...examples: string[]): Command {
  return new Command(usage.split(" ")[0])
    .usage(usage.split(" ").slice(1).join(" "))
    .description(description)
    .option("--json", "print data as JSON; amounts are decimals of whole tokens")
    .addHelpText("after", `\nExample:\n${examples.map((example) => `  onus ${example}`).join("\n")}`)
}

/** Adds the options of a command that reads a chain. */
export function onChain(command: Command): Command {
  return command
    .addOption(new Option("--rpc <url>", "JSON-RPC node").env("ONUS_RPC").default(DEFAULT_RPC))
    .addOption(
      new Option("--registry <address>", "Onus contract (default: the one in deployments/)").env(
        "ONUS_REGISTRY",
      ),
    )
}

/** Adds the options of a command that signs or sends: where the key is, never the key itself. */
export function withKey(command: Command): Command {
  return onChain(command)
    .option("--key-file <file>", "private key as hex or keystore JSON (default: ONUS_KEY holds the key)")
    .option("--password-file <file>", "password of the keystore (default: ONUS_PASSWORD)")
}

/** Makes an action out of a function from arguments and options to a report. */
export function reports<Arguments extends unknown[]>(
  act: (...values: Arguments) => Promise<Report> | Report,
): (...values: [...Arguments, ...unknown[]]) => Promise<void> {
  return async (...values) => {
    const report = await act(...(values as unknown as Arguments))
    const options = values.at(-2) as { json?: boolean }
    printReport(report, options.json === true)
  }
}

/** The lines and data of a confirmed transaction. */
export function sentReport(sent: { hash: string; block: number; gas: bigint }) {
  const { hash, block, gas } = sent
  return { transaction: hash, block, gas: Number(gas) }
}
