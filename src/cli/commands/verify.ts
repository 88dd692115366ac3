import type { Command } from "commander"
import { requireProvable } from "../../engine/program/provable.ts"
import { engine } from "../../engine/engine.ts"
import { receiptId } from "../../protocol/receipt.ts"
import { locate } from "../../sdk/locate.ts"
import { requireModel } from "../../sdk/register-model.ts"
import {
  openBundle,
  reexecute,
  requireEvidence,
  requireKept,
  requireRegistry,
  verifySignature,
} from "../../sdk/verify.ts"
import { verifyOffline } from "../../sdk/verify-offline.ts"
import { outputData, outputLines, outputsOf } from "../answer.ts"
import { command, onChain, reports } from "../command.ts"
import { ExitCode, unverifiable } from "../exit-code.ts"
import { describeFault, faultLine } from "../../engine/audit/describe-fault.ts"
import { readBundle } from "../file.ts"
import { type ModelOptions, readModel, withModel } from "../model-file.ts"
import { emphasise, fields } from "../output.ts"
import { type ChainOptions, reading } from "../session.ts"
import { showTime } from "../time.ts"

interface VerifyOptions extends ChainOptions, ModelOptions {
  readonly model: string
  readonly offline?: boolean
}

/** `onus verify`: is this answer right, and who pays if it is not? */
export function verifyCommand(): Command {
  const example = "verify answer.json --model models/digits.onnx"
  const description = "check an answer: commitments, signature, collateral, and every number by re-execution"
  return withModel(onChain(command("verify [options] <bundle>", description, example)))
    .argument("<bundle>", "file that `onus attest` wrote")
    .requiredOption("--model <file>", "ONNX file of the receipt's model")
    .option("--offline", "ask no chain: says nothing about keys, collateral and convictions")
    .action(
      reports((file: string, options: VerifyOptions) =>
        (options.offline ? runOffline : runVerify)(file, options).catch((error: unknown) => {
          throw unverifiable(error)
        }),
      ),
    )
}

async function runVerify(file: string, options: VerifyOptions) {
  const program = readModel(options.model, options)
  requireProvable(program)
  const bundle = readBundle(file)
  const { signed, inclusion } = bundle
  return reading(options, async ({ client, money }) => {
    requireRegistry(client.registry, signed.registry)
    const opened = openBundle(program, bundle)
    const key = await verifySignature(client, signed)
    await requireModel(client, signed.receipt.modelId)
    const collateral = await locate(client, signed, inclusion)
    await requireEvidence(client, signed, collateral)
    requireKept(signed.receipt, collateral, inclusion)
    const { verdict, fault } = await reexecute(engine(), opened)
    if (verdict === "mismatch") process.exitCode = ExitCode.Mismatch
    const { provider, consumer, requestId, coverage } = signed.receipt
    const facts = {
      receiptId: receiptId(signed.registry, signed.receipt),
      provider,
      key,
      consumer,
      requestId,
    }
    const { assurance, until, convicted } = collateral
    const outputs = outputsOf(opened.run)
    const described = fault && describeFault(program, fault)
    return {
      data: {
        verdict,
        ...(described ? { fault: described } : {}),
        assurance,
        convicted,
        coverage: money.format(coverage),
        challengeableUntil: Number(until),
        ...facts,
        outputs: outputData(outputs),
      },
      lines: [
        emphasise(verdict === "match" ? "green" : "red", verdict),
        ...(described ? [faultLine(described)] : []),
        ...outputLines(outputs),
        ...fields({
          assurance: assurance === "anchored" ? `anchored until ${showTime(until)} at least` : assurance,
          coverage: money.show(coverage),
          ...(convicted.length === 0 ? {} : { convicted: convicted.join(", ") }),
          ...facts,
        }),
      ],
    }
  })
}

/** As much as the file says by itself: anybody can repeat it anywhere. */
async function runOffline(file: string, options: VerifyOptions) {
  const program = readModel(options.model, options)
  const { signed, ...bundle } = readBundle(file)
  const found = await verifyOffline(program, { signed, ...bundle }, engine())
  if (found.verdict === "mismatch") process.exitCode = ExitCode.Mismatch
  const { verdict, signer, batch, fault, output, trace, own, claimed } = found
  const { receipt, registry } = signed
  const described = fault && describeFault(program, fault)
  const facts = {
    receiptId: receiptId(registry, receipt),
    provider: receipt.provider,
    signer: signer ?? null,
    consumer: receipt.consumer,
    requestId: receipt.requestId,
    registry: registry.address,
    chainId: Number(registry.chainId),
    batch: batch ?? null,
  }
  const commitments = { output, ...(trace ? { trace } : {}) }
  const outputs = outputsOf(own)
  const said = claimed && outputsOf(claimed)
  return {
    data: {
      verdict,
      ...(described ? { fault: described } : {}),
      commitments,
      ...facts,
      outputs: outputData(outputs),
      ...(said ? { claimedOutputs: outputData(said) } : {}),
    },
    lines: [
      emphasise(verdict === "match" ? "green" : "red", verdict),
      ...(described ? [faultLine(described)] : []),
      ...Object.entries(commitments)
        .filter(([, { committed, own }]) => committed !== own)
        .map(
          ([name, { committed, own }]) =>
            `${name}: the receipt commits to ${committed}, the run gives ${own}`,
        ),
      ...outputLines(outputs),
      ...fields({
        ...facts,
        signer: signer ?? "not in the file: only the chain has shown this receipt",
        batch: batch ?? "not in the file",
      }),
      "No chain was asked: whether the signer was a key of the provider, and what stands behind the answer, it alone knows",
    ],
  }
}
