import { Command } from "commander"
import { anchorCommand } from "./commands/anchor.ts"
import { answerCommand } from "./commands/answer.ts"
import { attestCommand } from "./commands/attest.ts"
import { challengeCommand } from "./commands/challenge.ts"
import { claimCommand } from "./commands/claim.ts"
import { convictCommand } from "./commands/convict.ts"
import { disputeCommand } from "./commands/dispute.ts"
import { modelCommand } from "./commands/model.ts"
import { nodeCommand } from "./commands/node.ts"
import { omissionCommand } from "./commands/omission.ts"
import { providerCommand } from "./commands/provider.ts"
import { releaseCommand } from "./commands/release.ts"
import { reputationCommand } from "./commands/reputation.ts"
import { runCommand } from "./commands/run.ts"
import { settleCommand } from "./commands/settle-bonds.ts"
import { verifyCommand } from "./commands/verify.ts"

/** The whole command line. Nothing in it ends the process: errors are thrown to `main`. */
export function createProgram(): Command {
  const program = new Command("onus")
    .description("Signed answers of ONNX models with money behind them; wrong ones are convicted on-chain.")
    // Options belong to the command before them: `node` and `node config show` both have --config.
    .enablePositionalOptions()
    .addHelpText("after", "\nExit codes and environment variables: docs/cli.md")
  const commands = [
    providerCommand(),
    modelCommand(),
    runCommand(),
    attestCommand(),
    anchorCommand(),
    verifyCommand(),
    disputeCommand(),
    challengeCommand(),
    answerCommand(),
    settleCommand(),
    convictCommand(),
    omissionCommand(),
    releaseCommand(),
    claimCommand(),
    reputationCommand(),
    nodeCommand(),
  ]
  for (const command of commands) program.addCommand(command)
  throwing(program)
  return program
}

/** Errors of the command line are thrown, and printed by `main` in the one format there is. */
function throwing(command: Command): void {
  command.exitOverride().configureOutput({ outputError: () => {} })
  command.commands.forEach(throwing)
}
