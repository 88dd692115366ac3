import { ZeroHash } from "ethers"
import { describeFault } from "../../../src/engine/audit/describe-fault.ts"
import { explain } from "../../../src/engine/audit/explain.ts"
import { firstFault } from "../../../src/engine/audit/find-fault.ts"
import { engine } from "../../../src/engine/engine.ts"
import { type Execution, valuesOf } from "../../../src/engine/executor.ts"
import { loadOnnx } from "../../../src/engine/onnx/load.ts"
import { lower } from "../../../src/engine/program/lower.ts"
import type { Program } from "../../../src/engine/program/program.ts"
import { commit } from "../../../src/engine/trace/commitment.ts"
import { batchId } from "../../../src/protocol/batch.ts"
import { isOnusError } from "../../../src/protocol/errors.ts"
import { ElementType } from "../../../src/protocol/program.ts"
import { receiptId, recoverSigner } from "../../../src/protocol/receipt.ts"
import { verifySumPath } from "../../../src/protocol/sum-tree.ts"
import { traceCommitment } from "../../../src/protocol/trace.ts"
import { type Bundle, type HandedIn, decodeHandedIn, inputsIn, runOf } from "../../../src/sdk/bundle.ts"
import { figure } from "../components/format.ts"
import { withTraceOf } from "../../../src/sdk/verify.ts"
import { NO_SIGNATURE, holdsQuestionOnly } from "../../../src/sdk/verify-offline.ts"
import type { Check, Digit, Examination, Examined, Wrong } from "./examined.ts"
import { checkExtra } from "./extra.ts"

/** Threads that an engine of a page computes with: this one. */
const THREADS = 1

/**
 * Looks at everything that a file says by itself: signature, place, hashes, and every number by computing it again.
 *
 * @throws OnusError `BundleMalformed`, `OnnxMalformed` and the like when a file cannot be read at all.
 */
export async function examine({ text, model, extras }: Examination): Promise<Examined> {
  const handed = decodeHandedIn(text)
  const { signed, inclusion } = handed
  const id = receiptId(signed.registry, signed.receipt)
  const place = placeCheck(handed, id)
  const base = {
    receiptId: id,
    signed,
    inclusion,
    batchId: place.batchId,
    wrong: undefined,
    digit: undefined,
  }
  const checks = [signatureCheck(handed), place.check]
  const { tensors } = handed
  if (!model)
    return { ...base, checks: [...checks, unknown("Hashes and numbers", "Give the model's ONNX file.")] }
  const program = lower(loadOnnx(model))
  const isModel = program.modelId === signed.receipt.modelId
  checks.push({
    name: "The model",
    outcome: isModel ? "holds" : "fails",
    sentence: isModel
      ? `The file is model ${program.modelId}.`
      : `The file is model ${program.modelId}, another one.`,
  })
  if (!isModel) return { ...base, checks }
  checks.push(...extras.map((extra) => checkExtra(program, signed.receipt, extra)))
  if (!tensors)
    return {
      ...base,
      checks: [...checks, unknown("Hashes and numbers", "The file holds the receipt alone.")],
    }
  return { ...base, ...(await examineRun(program, { ...handed, tensors }, checks)) }
}

type RunExamined = Pick<Examined, "checks" | "wrong" | "digit">

async function examineRun(program: Program, bundle: Bundle, before: readonly Check[]): Promise<RunExamined> {
  const { registry, receipt } = bundle.signed
  const checks = [...before]
  const isQuestion = holdsQuestionOnly(program, bundle)
  const inputs = inputsIn(program, bundle)
  const executor = engine({ threads: THREADS })
  const own = await executor.run(program, inputs)
  const claimed = isQuestion ? undefined : runOf(program, bundle)
  const roots = commit(claimed ?? own)
  const trace =
    receipt.traceCommitment === ZeroHash ? undefined : traceCommitment(registry, receipt, roots.traceRoot)
  const input = hashCheck("input", receipt.inputCommitment, roots.inputRoot)
  const isInput = input.outcome === "holds"
  checks.push(input)
  if (isQuestion) {
    // What another input makes says nothing about this receipt.
    if (!isInput)
      return { checks: [...checks, unknown(NUMBERS, "The input is another one.")], ...NOTHING_SHOWN }
    const isSame =
      receipt.outputCommitment === roots.outputRoot &&
      (trace === undefined || trace === receipt.traceCommitment)
    checks.push({
      name: NUMBERS,
      outcome: isSame ? "holds" : "fails",
      sentence: isSame
        ? "The receipt commits to what the model makes of the input."
        : "The receipt commits to something else than the model makes of the input.",
    })
    return { checks, wrong: undefined, digit: digitOf(program, own, undefined) }
  }
  const output = hashCheck("output", receipt.outputCommitment, roots.outputRoot)
  checks.push(
    output,
    trace === undefined
      ? unknown(
          `${HASH}trace`,
          "The receipt commits to none: what lies between input and output is only what the file says.",
        )
      : hashCheck("trace", receipt.traceCommitment, trace),
  )
  // A trace that nothing commits to is only what somebody wrote into the file: it accuses nobody.
  const judged = trace === undefined ? withTraceOf(claimed!, own) : claimed!
  const wrong = wrongIn(program, judged, own)
  checks.push({
    name: NUMBERS,
    outcome: wrong ? "fails" : "holds",
    sentence: wrong
      ? `Element ${wrong.fault.element} of step ${wrong.fault.step} is given as ${figure(wrong.fault.claimed.value)}; its operands make ${figure(wrong.fault.correct.value)}.`
      : trace === undefined
        ? "The model makes the output of the input."
        : `All ${program.steps.length} steps give what the file says.`,
  })
  // Nobody is shown to have claimed, or to have been asked, what the receipt does not commit to.
  const isTheirs = checks.every(({ name, outcome }) => outcome !== "fails" || !name.startsWith(HASH))
  const isOutput = output.outcome === "holds"
  return {
    checks,
    wrong: isTheirs ? wrong : undefined,
    digit: isInput ? digitOf(program, own, isOutput ? claimed : undefined) : undefined,
  }
}

const NUMBERS = "Every number, computed again here"
const HASH = "Hash of the "
const NOTHING_SHOWN = { wrong: undefined, digit: undefined }

function wrongIn(program: Program, claimed: Execution, own: Execution): Wrong | undefined {
  const fault = firstFault(claimed, own)
  return (
    fault && {
      fault: describeFault(program, fault),
      explanation: explain(claimed, fault.step, fault.element),
    }
  )
}

function signatureCheck({ signed }: HandedIn): Check {
  const name = "Signature"
  if (signed.signature === NO_SIGNATURE)
    return unknown(name, "The file holds none: only the chain has shown this receipt.")
  try {
    return { name, outcome: "holds", sentence: `Made by ${recoverSigner(signed)} over exactly this receipt.` }
  } catch (error) {
    return { name, outcome: "fails", sentence: said(error) }
  }
}

function placeCheck(
  { signed, inclusion }: HandedIn,
  id: string,
): { readonly check: Check; readonly batchId: string | undefined } {
  const name = "Place in its batch"
  if (!inclusion)
    return { check: unknown(name, "The file does not say in which batch it is."), batchId: undefined }
  const { batch, index, path } = inclusion
  const leaf = { receiptId: id, coverage: signed.receipt.coverage }
  const fails = (sentence: string) => ({
    check: { name, outcome: "fails" as const, sentence },
    batchId: undefined,
  })
  try {
    verifySumPath({ digest: batch.root, sum: batch.coverage }, Number(batch.count), leaf, Number(index), path)
    // Anybody can put the receipts of others into a batch; the contract takes none but those of the batch's own provider.
    if (batch.provider.toLowerCase() !== signed.receipt.provider.toLowerCase())
      return fails(
        `The batch is of ${batch.provider}, another provider: its collateral is not for this receipt.`,
      )
    const sentence = `Number ${index} of ${batch.count} receipts; the path leads to the root, and the sums add up.`
    return { check: { name, outcome: "holds", sentence }, batchId: batchId(batch) }
  } catch (error) {
    return fails(said(error))
  }
}

function hashCheck(what: string, committed: string, own: string): Check {
  const name = HASH + what
  return committed === own
    ? { name, outcome: "holds", sentence: own }
    : { name, outcome: "fails", sentence: `The file hashes to ${own}, the receipt commits to ${committed}.` }
}

const unknown = (name: string, sentence: string): Check => ({ name, outcome: "unknown", sentence })

const said = (error: unknown): string =>
  isOnusError(error) ? `${error.code}: ${error.message}` : String(error)

const SIDE = 28
const DIGITS = 10

/** The picture and the answers, if the model has the shape of a digit reader. */
function digitOf(
  { inputs, outputs }: Program,
  own: Execution,
  claimed: Execution | undefined,
): Digit | undefined {
  const [input, output] = [inputs[0]?.tensor, outputs[0]?.tensor]
  const isReader =
    inputs.length === 1 &&
    input.type === ElementType.Float32 &&
    input.length === SIDE * SIDE &&
    output?.type === ElementType.Float32 &&
    output.length === DIGITS
  if (!isReader) return undefined
  const floats = (run: Execution, tensor: typeof input) =>
    valuesOf(tensor.type, run.bytes(tensor)) as Float32Array
  return {
    pixels: floats(own, input),
    side: SIDE,
    own: floats(own, output),
    claimed: claimed && floats(claimed, output),
  }
}
