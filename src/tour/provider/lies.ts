import { hexlify } from "ethers"
import type { Execution } from "../../engine/executor.ts"
import { interpret } from "../../engine/reference/interpreter.ts"
import { Space, type Step, widthOf } from "../../protocol/program.ts"
import { type Asked, type Story, storyOf } from "./story.ts"

/** One way to cheat. */
export interface Lie {
  /** In a few words. */
  readonly name: string
  /** What a provider that lies so says; undefined where the program leaves no room for it. The truth if it is absent. */
  readonly story?: (asked: Asked) => Story | undefined
  /** What it says to who asks the same once more, where that is something else. */
  readonly again?: (asked: Asked) => Story | undefined
  /** Whether it never anchors what it has signed. */
  readonly omits?: boolean
}

/** One bit of a number in the middle of the run, and everything after it follows. All of it is shown to anybody. */
export const wrongElement: Lie = {
  name: "wrong element",
  story: (asked) => falsified(asked, inner(asked)),
}

/** A wrong answer, and for the trace 32 bytes that are the hash of nothing: there is nothing to be shown. */
export const garbageRoot: Lie = {
  name: "garbage root",
  story: (asked) => {
    const root = hexlify(Uint8Array.from({ length: 32 }, () => asked.draw(256)))
    const nothing = { traceRoot: root, posts: root, served: undefined, answer: () => undefined }
    return falsified(asked, outputSteps(asked), nothing)
  },
}

/** A wrong run of which nothing is shown, whoever asks. */
export const withheldTrace: Lie = {
  name: "withheld trace",
  story: (asked) => falsified(asked, inner(asked), { served: undefined, answer: () => undefined }),
}

/** A wrong run that is shown only as far as the contract forces it. */
export const hiddenTrace: Lie = {
  name: "hidden trace",
  story: (asked) => falsified(asked, inner(asked), { served: undefined }),
}

/** The truth to who asks, and something else to who asks the same again. */
export const equivocation: Lie = {
  name: "equivocation",
  again: (asked) => falsified(asked, outputSteps(asked)),
}

/** The truth, signed, and nothing behind it, ever. */
export const omission: Lie = { name: "omission", omits: true }

/** Tries that a lie gets to change the answer. */
const TRIES = 64

/** A run of which one number is changed, so that the answer becomes another one; everything behind it follows from the lie. */
function falsified(asked: Asked, steps: readonly number[], changes: Partial<Story> = {}): Story | undefined {
  const { program, inputs, draw } = asked
  if (steps.length === 0) return undefined
  const honest = storyOf(interpret(program, inputs))
  for (let tries = 0; tries < TRIES; tries++) {
    const lie = withWrongBit(asked, steps[draw(steps.length)])
    const story = storyOf(lie, changes)
    if (story.outputRoot !== honest.outputRoot) return story
  }
  return undefined
}

function withWrongBit({ program, inputs, draw }: Asked, step: number): Execution {
  return interpret(program, inputs, (number, bytes) => {
    if (number !== step) return
    const { type, length } = program.steps[step].output
    const width = widthOf(type)
    const [element, bit] = [draw(length), draw(8 * width)]
    bytes[element * width + (bit >> 3)] ^= 1 << (bit & 7)
  })
}

const stepsWhere = ({ program }: Asked, holds: (step: Step) => boolean): number[] =>
  program.steps.flatMap((step, number) => (step.output.length > 0 && holds(step) ? [number] : []))

const outputSteps = (asked: Asked): number[] =>
  stepsWhere(asked, ({ output }) => output.space === Space.Output)

const inner = (asked: Asked): number[] => {
  const steps = stepsWhere(asked, ({ output }) => output.space === Space.Trace)
  return steps.length > 0 ? steps : outputSteps(asked)
}
