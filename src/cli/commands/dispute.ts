import type { Command } from "commander"
import { findFault } from "../../engine/audit/find-fault.ts"
import { proofInParts } from "../../engine/audit/parts.ts"
import { engine } from "../../engine/engine.ts"
import type { Program } from "../../engine/program/program.ts"
import { OnusError } from "../../protocol/errors.ts"
import type { Bundle } from "../../sdk/bundle.ts"
import { convictWrongExecution, rehearseWrongExecution } from "../../sdk/convict.ts"
import { openCourt } from "../../sdk/game/court.ts"
import { convictInParts } from "../../sdk/game/upload.ts"
import { locate } from "../../sdk/locate.ts"
import { brokenPromise, openBundle, requireRegistry } from "../../sdk/verify.ts"
import { command, reports, withKey } from "../command.ts"
import { amountLines, amountsOf, convictionReport } from "../conviction.ts"
import { describeFault, faultLine } from "../../engine/audit/describe-fault.ts"
import { readBundle } from "../file.ts"
import { type ModelOptions, readModel, withModel } from "../model-file.ts"
import { announce } from "../output.ts"
import { type ChainOptions, type Session, reading, signing } from "../session.ts"

interface DisputeOptions extends ChainOptions, ModelOptions {
  readonly model: string
  readonly dryRun?: boolean
}

/** `onus dispute`: finds the lie in an answer and has the contract recompute it. */
export function disputeCommand(): Command {
  const example = "dispute answer.json --model models/digits.onnx --dry-run"
  const description = "find the wrong element of an answer and convict its provider"
  return withModel(withKey(command("dispute [options] <bundle>", description, example)))
    .argument("<bundle>", "file that holds the answer and its inclusion")
    .requiredOption("--model <file>", "ONNX file of the receipt's model")
    .option("--dry-run", "send nothing: show what would be taken and the gas; needs no key")
    .action(
      reports((file: string, options: DisputeOptions) => {
        const program = readModel(options.model, options)
        const bundle = readBundle(file)
        const dry = options.dryRun && options.keyFile === undefined && !process.env.ONUS_KEY
        const act = (session: Session) => dispute(session, program, bundle, options.dryRun === true)
        return dry ? reading(options, act) : signing(options, act)
      }),
    )
}

async function dispute({ client, money }: Session, program: Program, bundle: Bundle, dryRun: boolean) {
  const { signed, inclusion } = bundle
  requireRegistry(client.registry, signed.registry)
  const opened = openBundle(program, bundle)
  if (!opened.isTraceCommitted) {
    throw new OnusError(
      "TraceNotCommitted",
      "This receipt commits to no trace that could be held against it",
      {
        hint: "`onus challenge` asks the provider for it on-chain, and convicts if it does not answer or answers wrongly",
      },
    )
  }
  const fault = await findFault(opened.run, engine())
  if (!fault) {
    throw new OnusError(
      "AnswerRight",
      "Every number of this answer is right: nobody can be convicted for it",
      { hint: "For two different answers to one request there is `onus convict`" },
    )
  }
  const found = describeFault(program, fault)
  const collateral = await locate(client, signed, inclusion)
  const broken = brokenPromise(signed.receipt, collateral, inclusion)
  const promise = broken === undefined ? {} : { brokenPromise: broken }
  const lines = [faultLine(found), ...(broken === undefined ? [] : [`broken promise: ${broken}`])]
  const parts = proofInParts(opened.run, opened.commitment, fault.step, fault.element)
  const transactions = parts.uploads.length + 1
  // Parts that were not uploaded cannot be concluded, not even for trial.
  const rehearsal =
    transactions === 1 ? await rehearseWrongExecution(client, signed, opened, fault, inclusion) : undefined
  if (!dryRun) {
    if (rehearsal) announce(["about to convict", ...amountLines(rehearsal.taken, money)])
    const accused = { receipt: signed.receipt, inclusion, header: program.header }
    const conviction =
      transactions === 1
        ? await convictWrongExecution(client, signed, opened, fault, inclusion)
        : await convictInParts(await openCourt(client), accused, opened.commitment.traceRoot, parts)
    return convictionReport(conviction, money, { fault: found, ...promise, transactions }, lines)
  }
  const amounts = rehearsal
    ? [...amountLines(rehearsal.taken, money), `gas          ${rehearsal.gas}`]
    : [`in ${transactions} transactions: what it takes and the gas are not rehearsed`]
  return {
    data: {
      convicted: false,
      wouldConvict: true,
      fault: found,
      ...promise,
      ...(rehearsal ? amountsOf(rehearsal.taken, money) : {}),
      transactions,
      gas: rehearsal ? Number(rehearsal.gas) : null,
    },
    lines: ["would convict; nothing was sent", ...lines, ...amounts],
  }
}
