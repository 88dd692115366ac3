import type { Command } from "commander"
import { engine } from "../../engine/engine.ts"
import { answerer } from "../../engine/audit/game/answer.ts"
import { isOnusError } from "../../protocol/errors.ts"
import type { Program } from "../../engine/program/program.ts"
import type { Bundle } from "../../sdk/bundle.ts"
import { answerDemand } from "../../sdk/game/answer.ts"
import { openBundle, withOwnTrace } from "../../sdk/verify.ts"
import { command, reports, sentReport, withKey } from "../command.ts"
import { readBundle } from "../file.ts"
import { openGame } from "../game.ts"
import { type ModelOptions, readModel, withModel } from "../model-file.ts"
import { type ChainOptions, type SigningSession, signing } from "../session.ts"

interface AnswerOptions extends ChainOptions, ModelOptions {
  readonly model: string
}

/** `onus answer`: shows what challengers have asked for. */
export function answerCommand(): Command {
  const example = "answer answer.json --model models/digits.onnx"
  const description = "answer every open demand about an answer; anyone who has the file may"
  return withModel(withKey(command("answer [options] <bundle>", description, example)))
    .argument("<bundle>", "file that holds the answer with its trace")
    .requiredOption("--model <file>", "ONNX file of the receipt's model")
    .action(
      reports((file: string, options: AnswerOptions) => {
        const program = readModel(options.model, options)
        const bundle = readBundle(file)
        return signing(options, (session) => answer(session, program, bundle))
      }),
    )
}

async function answer(session: SigningSession, program: Program, bundle: Bundle) {
  const { run, commitment } = await withOwnTrace(engine(), openBundle(program, bundle))
  const { court, accused, state } = await openGame(session, program, bundle)
  const { asked } = state
  const answers = answerer(run)
  const answered: object[] = []
  // The most urgent one first.
  const open = asked.filter(({ shown }) => !shown).sort((a, b) => Number(a.due - b.due))
  for (const { question, questionId } of open) {
    try {
      const sent = await answerDemand(court, accused, question, answers(question), commitment.traceRoot)
      answered.push({ questionId, ...sentReport(sent) })
    } catch (error) {
      // Somebody else was faster, or time is over: the others still want their answers.
      if (!isOnusError(error, "AlreadyAnswered") && !isOnusError(error, "AnswerTooLate")) throw error
    }
  }
  const count = open.length === 0 ? "nothing is asked" : `${answered.length} answered`
  return { data: { answered }, lines: [`${count}; ${asked.length - open.length} were answered before`] }
}
