import { interpret } from "../../../src/engine/reference/interpreter.ts"
import { type Lie, equivocation, omission, wrongElement } from "../../../src/tour/provider/lies.ts"
import { storyOf } from "../../../src/tour/provider/story.ts"
import { LIES as HIDDEN_LIES } from "../../game/lies.ts"

/** What a lie about a hidden trace says, from a provider that serves no evidence. */
const hidden = ([name, lie]: readonly [string, (typeof HIDDEN_LIES)[string]]): Lie => ({
  name,
  story({ program, inputs, draw }) {
    const liar = lie({ program, inputs, random: () => draw(2 ** 32) })
    if (!liar) return undefined
    const { outputRoot, traceRoot, posts, answer } = liar
    return storyOf(interpret(program, inputs), { outputRoot, traceRoot, posts, answer, served: undefined })
  },
})

/** All lies that there are: those that are told, those that show what they should not, and those of leaving something undone. */
export const LIES: readonly Lie[] = [
  wrongElement,
  equivocation,
  omission,
  ...Object.entries(HIDDEN_LIES).map(hidden),
]

/** What tells nobody anything: evidence that is not there. */
export const silentTruth: Lie = {
  name: "the truth, without evidence",
  story: ({ program, inputs }) => storyOf(interpret(program, inputs), { served: undefined }),
}

/** The truth, without a trace commitment. */
export const lazyTruth: Lie = {
  name: "the truth, without a trace commitment",
  story: ({ program, inputs }) => storyOf(interpret(program, inputs), { traceRoot: undefined }),
}

/** The truth, and evidence of something else. */
export const confusedTruth: Lie = {
  name: "the truth, with evidence of another answer",
  story(asked) {
    const served = wrongElement.story?.(asked)?.served
    return storyOf(interpret(asked.program, asked.inputs), { served })
  },
}

export const TRUTHS: readonly (Lie | undefined)[] = [
  undefined,
  undefined,
  silentTruth,
  lazyTruth,
  confusedTruth,
]
