import type { Command } from "commander"
import { encodeEvidence } from "../../engine/audit/evidence.ts"
import { proofInParts } from "../../engine/audit/parts.ts"
import { type Move, Solver } from "../../engine/audit/game/solve.ts"
import { engine } from "../../engine/engine.ts"
import { isOnusError } from "../../protocol/errors.ts"
import type { Program } from "../../engine/program/program.ts"
import { type Bundle, inputsIn } from "../../sdk/bundle.ts"
import { unixTime } from "../../sdk/chain-time.ts"
import type { GameState } from "../../sdk/game/read.ts"
import { convictHidden, withheldEvidence } from "../../sdk/game/convict.ts"
import { type Accused, type Court } from "../../sdk/game/court.ts"
import { commitToQuestion, ensureCommitted, precede } from "../../sdk/game/commit.ts"
import { type DemandMove, demand } from "../../sdk/game/demand.ts"
import { upload } from "../../sdk/game/upload.ts"
import { command, reports, sentReport, withKey } from "../command.ts"
import { convictionReport } from "../conviction.ts"
import { readBundle } from "../file.ts"
import { openGame } from "../game.ts"
import { showTime } from "../time.ts"
import { type ModelOptions, readModel, withModel } from "../model-file.ts"
import { fields } from "../output.ts"
import { type ChainOptions, type SigningSession, signing } from "../session.ts"

interface ChallengeOptions extends ChainOptions, ModelOptions {
  readonly model: string
  readonly dryRun?: boolean
}

/** `onus challenge`: the next move against a provider that does not show its trace. */
export function challengeCommand(): Command {
  const example = "challenge answer.json --model models/digits.onnx"
  const description = "play the next move against a provider that hides its trace: ask, wait, or convict"
  return withModel(withKey(command("challenge [options] <bundle>", description, example)))
    .argument("<bundle>", "file that holds the receipt and its input; what it says of the trace is not read")
    .requiredOption("--model <file>", "ONNX file of the receipt's model")
    .option("--dry-run", "send nothing: show the move")
    .action(
      reports((file: string, options: ChallengeOptions) => {
        const program = readModel(options.model, options)
        const bundle = readBundle(file)
        return signing(options, (session) => challenge(session, program, bundle, options.dryRun === true))
      }),
    )
}

async function challenge(session: SigningSession, program: Program, bundle: Bundle, dryRun: boolean) {
  const { account } = session
  const { court, accused, state } = await openGame(session, program, bundle)
  const run = await engine().run(program, inputsIn(program, bundle))
  const move = new Solver(run).next(state)
  const described = describe(move, state)
  const told = { data: { move: described, sent: false }, lines: [sentence(move, state)] }
  if (dryRun || move.kind === "agreement" || move.kind === "wait") return told
  if (move.kind === "demandNode" || move.kind === "demandChunk") {
    const { salt } = await commitToQuestion(court, accused, account, move.question)
    const sent = sentReport(await ask(court, accused, program, move, salt))
    return {
      data: { move: described, ...sent, sent: true },
      lines: [sentence(move, state), ...fields({ ...sent, salt })],
    }
  }
  if (move.kind === "withheld")
    return convict(session, court, accused, withheldEvidence(accused, move.question), move, state)
  const { traceRoot } = move.commitment
  const parts = proofInParts(run, move.commitment, move.step, move.element)
  const evidence = encodeEvidence({ header: program.header, traceRoot }, parts.conclusion)
  await ensureCommitted(court, accused, account, evidence)
  await upload(court, accused, traceRoot, parts)
  return convict(session, court, accused, evidence, move, state)
}

/** Demands; or, if somebody copied the demand and was faster, shows who knew first. */
async function ask(court: Court, accused: Accused, program: Program, move: DemandMove, salt: string) {
  try {
    return await demand(court, accused, program, move, { salt })
  } catch (error) {
    if (!isOnusError(error, "AlreadyDemanded")) throw error
    return precede(court, accused, move.question, salt)
  }
}

/** Commits to the evidence before it is shown, then shows it. */
async function convict(
  { money, account }: SigningSession,
  court: Court,
  accused: Accused,
  evidence: string,
  move: Move,
  state: GameState,
) {
  await ensureCommitted(court, accused, account, evidence)
  const conviction = await convictHidden(court, accused, evidence)
  const data = { move: describe(move, state), sent: true }
  return convictionReport(conviction, money, data, [sentence(move, state)])
}

/** A move as data. */
function describe(move: Move, state: GameState) {
  switch (move.kind) {
    case "agreement":
      return { kind: move.kind }
    case "prove":
      return { kind: move.kind, step: move.step, element: move.element }
    case "wait":
      return { kind: move.kind, due: Number(dueTime(move, state)), dueBlock: Number(move.dueBlock) }
    default: {
      const { space, height, index } = move.question
      return { kind: move.kind, space, height, index }
    }
  }
}

/** A move in a sentence. */
function sentence(move: Move, state: GameState): string {
  switch (move.kind) {
    case "agreement":
      return "nothing differs from what this machine computes"
    case "prove":
      return `element ${move.element} of step ${move.step} is wrong`
    case "wait":
      return `waiting for an answer until ${showTime(dueTime(move, state))} and block ${move.dueBlock}`
    case "withheld":
      return "a demand was not answered in time"
    case "demandNode":
      if (move.question.height === 0) return `asks what leaf ${move.question.index} is there for`
      return `asks what is below node ${move.question.index} at height ${move.question.height}`
    case "demandChunk":
      return `asks for chunk ${move.chunk} of what step ${move.step} makes`
  }
}

/** In Unix seconds, unless disputes are stopped before. */
function dueTime(
  { due }: Extract<Move, { kind: "wait" }>,
  { unixTime: time, time: clock }: GameState,
): bigint {
  return unixTime(due, { time, clock })
}
