import { homedir } from "node:os"
import { join } from "node:path"
import type { Command } from "commander"
import { hexlify, id, isHexString, randomBytes, ZeroHash } from "ethers"
import type { Execution } from "../../engine/executor.ts"
import { requireProvable } from "../../engine/program/provable.ts"
import { engine } from "../../engine/engine.ts"
import { OnusError } from "../../protocol/errors.ts"
import { type SignedReceipt, receiptId } from "../../protocol/receipt.ts"
import { Role, roleNames } from "../../protocol/role.ts"
import { type AnswerSigner, type AnswerTerms, signRun } from "../../sdk/answer.ts"
import { attest, rehearseAttest } from "../../sdk/attest.ts"
import { bundleOf, bundleSize, encodeBundle } from "../../sdk/bundle.ts"
import { chainTime } from "../../sdk/chain-time.ts"
import { FileJournal } from "../../sdk/journal.ts"
import { outputData, outputLines, outputsOf } from "../answer.ts"
import { command, reports, sentReport, withKey } from "../command.ts"
import { NewFile, requireAbsent } from "../file.ts"
import { readInputs } from "../input.ts"
import { type ModelOptions, collect, readModel, withModel } from "../model-file.ts"
import { fields } from "../output.ts"
import { type ChainOptions, type SigningSession, parseAddress, signing } from "../session.ts"
import { parseDuration, showTime } from "../time.ts"

/** One per user, not per folder: a journal forgotten because of `cd` would let a request be signed twice. */
const JOURNAL = join(homedir(), ".onus", "journal")

interface AttestOptions extends ChainOptions, ModelOptions {
  readonly input: string[]
  readonly provider?: string
  readonly consumer: string
  readonly coverage: string
  readonly requestId?: string
  readonly window: string
  readonly anchorWithin: string
  readonly journal: string
  readonly out: string
  readonly post?: boolean
}

const EXAMPLE = `attest models/digits.onnx --input image=models/samples/7-chalk.png \\
      --consumer 0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC --coverage 10 --out answer.json`

/** `onus attest`: runs a model and signs the answer. */
export function attestCommand(): Command {
  return withModel(withKey(command("attest [options] <file>", "run a model and sign the answer", EXAMPLE)))
    .argument("<file>", "ONNX file")
    .option(
      "--input <name=file>",
      "values of an input: .pb, .npy, .json or .png; once per input",
      collect,
      [],
    )
    .requiredOption("--consumer <address>", "who is owed restitution")
    .requiredOption("--coverage <amount>", "restitution if the answer is wrong, in whole tokens")
    .requiredOption("--out <bundle>", "file for the signed answer; must not exist")
    .option("--provider <address>", "whose key signs (default: the key's own address)")
    .option("--request-id <id>", "32 bytes as hex, or text that is hashed (default: random)")
    .option("--window <duration>", "how long the answer can be challenged", "6h")
    .option("--anchor-within <duration>", "how soon it will be anchored", "1h")
    .option("--journal <file>", "remembers what was signed for which request", JOURNAL)
    .option("--post", "anchor it by itself right away")
    .action(reports(runAttest))
}

async function runAttest(file: string, options: AttestOptions) {
  requireAbsent(options.out)
  const program = readModel(file, options)
  requireProvable(program)
  const inputs = readInputs(program, options.input)
  return signing(options, async (session) => {
    const { client, key } = session
    const terms = await termsOf(session, options)
    await rehearse(session, terms, program.modelId, options.post ? session.account : terms.provider)
    const run = await engine().run(program, inputs)
    const signer = { registry: client.registry, key, journal: new FileJournal(options.journal) }
    // On disk before anything is posted: collateral behind an answer that is lost helps nobody.
    const signed = await signInto(options.out, signer, run, terms)
    const sent = options.post ? sentReport(await attest(client, signed)) : {}
    const ids = { receiptId: receiptId(client.registry, signed.receipt), requestId: terms.requestId }
    const anchorBy = terms.issuedAt + terms.anchorWithin
    const assurance = options.post ? "anchored" : "signed"
    const outputs = outputsOf(run)
    const data = {
      bundle: options.out,
      ...ids,
      modelId: program.modelId,
      assurance,
      anchorBy: Number(anchorBy),
    }
    const shown = {
      bundle: options.out,
      ...ids,
      assurance,
      ...(options.post ? sent : { "anchor by": showTime(anchorBy) }),
    }
    return {
      data: { ...data, outputs: outputData(outputs), ...sent },
      lines: [...outputLines(outputs), ...fields(shown)],
    }
  })
}

/** Signs a run into a file. The file has its room before the request is claimed, as a claim cannot be undone. */
async function signInto(
  path: string,
  signer: AnswerSigner,
  run: Execution,
  terms: AnswerTerms,
): Promise<SignedReceipt> {
  const out = new NewFile(path)
  try {
    out.reserve(bundleSize(run))
    const { signed } = await signRun(signer, run, terms)
    out.publish(encodeBundle(bundleOf(signed, run)))
    return signed
  } finally {
    out.discard()
  }
}

async function termsOf(
  { client, money, account }: SigningSession,
  options: AttestOptions,
): Promise<AnswerTerms> {
  return {
    provider: options.provider === undefined ? account : parseAddress(options.provider),
    consumer: parseAddress(options.consumer),
    requestId: parseRequestId(options.requestId),
    coverage: money.parse(options.coverage),
    issuedAt: await chainTime(client),
    anchorWithin: parseDuration(options.anchorWithin),
    challengeWindow: parseDuration(options.window),
  }
}

/** Signs nothing that could not be anchored, or that nobody could be held to account with. */
async function rehearse(
  { client, account }: SigningSession,
  terms: AnswerTerms,
  modelId: string,
  sender: string,
): Promise<void> {
  const { from, until, roles } = await client.onus.keyValidity(terms.provider, account)
  if (terms.issuedAt < from || terms.issuedAt >= until) {
    const span = until === 0n ? "was never added" : `is valid from ${showTime(from)} until ${showTime(until)}`
    const message = `Key ${account} of provider ${terms.provider} ${span}; now is ${showTime(terms.issuedAt)}`
    throw new OnusError("KeyNotValid", message, {
      hint: "Add a key with `onus provider key add`; a key that has ended cannot come back",
    })
  }
  if ((Number(roles) & Role.Sign) === 0) {
    const message = `Key ${account} of provider ${terms.provider} may ${roleNames(Number(roles)).join()}, not sign`
    throw new OnusError("KeyNotValid", message, { hint: "Sign with a key that was added with --roles sign" })
  }
  const { anchorWithin, issuedAt, ...rest } = terms
  const commitments = { inputCommitment: ZeroHash, outputCommitment: ZeroHash, traceCommitment: ZeroHash }
  const receipt = {
    ...rest,
    ...commitments,
    modelId,
    issuedAt,
    anchorBy: issuedAt + anchorWithin,
    termsHash: ZeroHash,
  }
  await rehearseAttest(client, receipt, sender)
}

function parseRequestId(text: string | undefined): string {
  if (text === undefined) return hexlify(randomBytes(32))
  if (!/^0x/i.test(text)) return id(text)
  if (isHexString(text, 32)) return text.toLowerCase()
  throw new OnusError("RequestIdInvalid", `${JSON.stringify(text)} is not 0x and 64 hexadecimal digits`, {
    hint: "Write 32 bytes as hex, or any text that does not begin with 0x: it is hashed",
  })
}
