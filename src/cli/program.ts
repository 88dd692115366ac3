import { Command } from "commander"

/** All commands, in the order in which help lists them. One is loaded when it is wanted: together they take longer to load than most take to run. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  provider: async () => (await import("./commands/provider.ts")).providerCommand(),
  model: async () => (await import("./commands/model.ts")).modelCommand(),
  run: async () => (await import("./commands/run.ts")).runCommand(),
  attest: async () => (await import("./commands/attest.ts")).attestCommand(),
  anchor: async () => (await import("./commands/anchor.ts")).anchorCommand(),
  verify: async () => (await import("./commands/verify.ts")).verifyCommand(),
  dispute: async () => (await import("./commands/dispute.ts")).disputeCommand(),
  challenge: async () => (await import("./commands/challenge.ts")).challengeCommand(),
  answer: async () => (await import("./commands/answer.ts")).answerCommand(),
  settle: async () => (await import("./commands/settle-bonds.ts")).settleCommand(),
  convict: async () => (await import("./commands/convict.ts")).convictCommand(),
  omission: async () => (await import("./commands/omission.ts")).omissionCommand(),
  release: async () => (await import("./commands/release.ts")).releaseCommand(),
  claim: async () => (await import("./commands/claim.ts")).claimCommand(),
  reputation: async () => (await import("./commands/reputation.ts")).reputationCommand(),
  node: async () => (await import("./commands/node.ts")).nodeCommand(),
  challenger: async () => (await import("./commands/challenger.ts")).challengerCommand(),
  monitor: async () => (await import("./commands/challenger.ts")).monitorCommand(),
  tour: async () => (await import("./commands/tour.ts")).tourCommand(),
}

/**
 * The command line. Nothing in it ends the process: errors are thrown to `main`.
 *
 * @param name of the command that is wanted, if its name comes first; all are there if it is none of them, for help and suggestions.
 */
export async function createProgram(name = ""): Promise<Command> {
  const program = new Command("onus")
    .description("Signed answers of ONNX models with money behind them; wrong ones are convicted on-chain.")
    // Options belong to the command before them: `node` and `node config show` both have --config.
    .enablePositionalOptions()
    .addHelpText("after", "\nExit codes and environment variables: docs/cli.md")
  const wanted = Object.hasOwn(COMMANDS, name) ? [COMMANDS[name]] : Object.values(COMMANDS)
  for (const command of await Promise.all(wanted.map((load) => load()))) program.addCommand(command)
  throwing(program)
  return program
}

/** Errors of the command line are thrown, and printed by `main` in the one format there is. */
function throwing(command: Command): void {
  command.exitOverride().configureOutput({ outputError: () => {} })
  command.commands.forEach(throwing)
}
