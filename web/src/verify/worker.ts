// The thread that examines files: it computes for a while, and reads what strangers wrote.
import { isOnusError } from "../../../src/protocol/errors.ts"
import { answerQuestion } from "./answer-question.ts"
import { examine } from "./examine.ts"
import { inspect } from "./inspect.ts"
import { recompute } from "./recompute.ts"
import type { Order, Outcome, TaskName, Tasks } from "./tasks.ts"

const TASKS: { readonly [N in TaskName]: (asked: Tasks[N]["asked"]) => Promise<Tasks[N]["said"]> } = {
  examine,
  recompute: (asked) => Promise.resolve().then(() => recompute(asked)),
  inspect: (asked) => Promise.resolve().then(() => inspect(asked)),
  answer: (asked) => Promise.resolve().then(() => answerQuestion(asked)),
}

addEventListener("message", ({ data }: MessageEvent<Order>) => {
  void carryOut(data).then((outcome) => postMessage(outcome))
})

async function carryOut({ task, asked }: Order): Promise<Outcome> {
  try {
    return { said: await (TASKS[task] as (asked: unknown) => Promise<Tasks[TaskName]["said"]>)(asked) }
  } catch (error) {
    const known = isOnusError(error) ? error : undefined
    const message = error instanceof Error ? error.message : String(error)
    return { error: { code: known?.code ?? "FileUnreadable", message, hint: known?.hint } }
  }
}
