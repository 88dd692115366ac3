import { hexlify } from "ethers"
import type { Answer } from "../../src/engine/audit/game/answer.ts"
import { type Question, asksForChunk, asksForLeaf } from "../../src/engine/audit/game/question.ts"
import { Execution, type Inputs } from "../../src/engine/executor.ts"
import type { Program } from "../../src/engine/program/program.ts"
import { interpret } from "../../src/engine/reference/interpreter.ts"
import { encodeStep } from "../../src/protocol/encode-step.ts"
import { type Tensor, Space, widthOf } from "../../src/protocol/program.ts"
import { type LeafData, absentDigest } from "../../src/protocol/tensor-tree.ts"
import { between, pick } from "../engine/program/words.ts"
import type { Random } from "../referee/float32-cases.ts"
import { Forgery } from "./forgery.ts"

/** A request that a provider lies about. */
export interface Request {
  readonly program: Program
  readonly inputs: Inputs
  readonly random: Random
}

/** What a lying provider signs, and what it answers. */
export interface Liar {
  readonly outputRoot: string
  /** Before it is bound to the request; undefined if the receipt has no trace commitment. */
  readonly traceRoot: string | undefined
  /** What it sends along with answers, and posts. */
  readonly posts: string
  readonly answer: (this: void, question: Question) => Answer | undefined
  /** By what it is convicted. */
  readonly end: "proven" | "withheld"
}

/** A way to lie; undefined if the program leaves no room for it. */
export type Lie = (request: Request) => Liar | undefined

const liar = (forgery: Forgery, changes: Partial<Liar> = {}): Liar => ({
  outputRoot: forgery.outputRoot,
  traceRoot: forgery.traceRoot,
  posts: forgery.traceRoot,
  answer: forgery.answer,
  end: "proven",
  ...changes,
})

/** One random bit of one random element. */
function flip({ random }: Request, { type }: Tensor, bytes: Uint8Array): void {
  const element = between(random, 0, bytes.length / widthOf(type) - 1)
  // Of a float, one that counts: payloads of NaNs are lies too, but they are the same for every bit.
  bytes[element * widthOf(type) + between(random, 0, widthOf(type) - 1)] ^= 1 << between(random, 0, 7)
}

const stepIn = ({ program, random }: Request, space?: Space): number | undefined => {
  const steps = program.steps.flatMap(({ output }, number) =>
    space === undefined || output.space === space ? [number] : [],
  )
  return steps.length === 0 ? undefined : pick(random, steps)
}

/** The run with some results changed, and everything after them following from that. */
function following(request: Request, steps: readonly number[]): Execution {
  const { program, inputs } = request
  return interpret(program, inputs, (number, bytes) => {
    if (steps.includes(number)) flip(request, program.steps[number].output, bytes)
  })
}

/** The honest run with some results changed, and nothing else. */
function alone(request: Request, steps: readonly number[], times = 1): Execution {
  const { program, inputs } = request
  const run = interpret(program, inputs)
  for (const step of steps) {
    const { output } = program.steps[step]
    for (let i = 0; i < times; i++) flip(request, output, run.bytes(output))
  }
  return run
}

/** An honest run of which one leaf of the trace is replaced. */
const replacing =
  (change: (leaf: LeafData, request: Request) => LeafData | Uint8Array): Lie =>
  (request) => {
    const forgery = new Forgery(interpret(request.program, request.inputs))
    const leaves = forgery.leaves[Space.Trace]
    if (leaves.length === 0) return undefined
    const at = between(request.random, 0, leaves.length - 1)
    leaves[at] = change(leaves[at] as LeafData, request)
    return liar(forgery, { end: "withheld" })
  }

const garbage = ({ random }: Request): Uint8Array => Uint8Array.from({ length: 32 }, () => random() & 0xff)

/** An honest run, and leaves behind the last tensor, of the trace or of the output. */
function behindTensors(
  request: Request,
  change: (forgery: Forgery, answer: Answer) => Answer | undefined,
): Liar | undefined {
  const { header } = request.program
  const forgery = new Forgery(interpret(request.program, request.inputs))
  const rooms = ([Space.Trace, Space.Output] as const).flatMap((space) => {
    const room = 2 ** (space === Space.Trace ? header.traceDepth : header.outputDepth)
    return forgery.leaves[space].length < room ? [{ leaves: forgery.leaves[space], room }] : []
  })
  if (rooms.length === 0) return undefined
  const { leaves, room } = pick(request.random, rooms)
  const honest = leaves.length
  const fill = between(request.random, 1, room - honest)
  for (let at = 0; at < fill; at++) leaves.push(absentDigest(0))
  // Of a chunk that is there, or of nothing.
  leaves[leaves.length - 1] =
    honest > 0 && request.random() % 2 === 0
      ? leaves[between(request.random, 0, honest - 1)]
      : garbage(request)
  return liar(forgery, {
    end: "withheld",
    answer: (question) => {
      const answer = forgery.answer(question)
      return asksForLeaf(question) ? change(forgery, answer) : answer
    },
  })
}

/** A lie in the answer, with or without other tricks. */
function wrongAnswer(
  request: Request,
  change: (forgery: Forgery) => Partial<Liar> | undefined,
): Liar | undefined {
  const forgery = new Forgery(alone(request, [stepIn(request, Space.Output)!]))
  const changes = change(forgery)
  return changes && liar(forgery, changes)
}

export const LIES: Readonly<Record<string, Lie>> = {
  "a wrong element from which everything follows": (request) =>
    liar(new Forgery(following(request, [stepIn(request)!]))),
  "a wrong element from which nothing follows": (request) =>
    liar(new Forgery(alone(request, [stepIn(request)!]))),
  "several wrong elements of one step, in several chunks": (request) =>
    liar(new Forgery(alone(request, [stepIn(request)!], 7))),
  "two wrong elements, the later one following from the first": (request) =>
    liar(new Forgery(following(request, [0, request.program.steps.length - 1]))),
  "a wrong operand and a wrong result": (request) => liar(new Forgery(alone(request, [0, 1]))),
  "a wrong answer of a right trace": (request) => wrongAnswer(request, () => ({})),
  "a wrong answer, and leaves behind the last one": (request) =>
    wrongAnswer(request, (forgery) => {
      const leaves = forgery.leaves[Space.Trace]
      if (leaves.length === 2 ** request.program.header.traceDepth) return undefined
      leaves.push(garbage(request))
      return { traceRoot: forgery.traceRoot, posts: forgery.traceRoot }
    }),
  "a leaf behind the last tensor": (request) => behindTensors(request, () => undefined),
  "a leaf behind the last tensor, of which the digest is shown": (request) =>
    behindTensors(request, (_, answer) => answer),
  "a leaf behind the last tensor, which is said to be absent": (request) =>
    behindTensors(request, (_, { path }) => ({ kind: "node", descendants: [absentDigest(0)], path })),
  "a leaf behind the last tensor, which is said to be one of a tensor": (request) =>
    behindTensors(request, ({ program }) => {
      const step = between(request.random, 0, program.steps.length - 1)
      const descriptor = encodeStep(program.steps[step])
      return { kind: "tensor", step, descriptor, path: program.programTree.path(step) }
    }),
  "a trace root that is the root of nothing (row 3.3/1)": (request) => {
    const forgery = new Forgery(interpret(request.program, request.inputs))
    return liar(forgery, { traceRoot: hexlify(garbage(request)), end: "withheld" })
  },
  "a subtree of digests that are hashes of nothing": (request) => {
    const forgery = new Forgery(interpret(request.program, request.inputs))
    const leaves = forgery.leaves[Space.Trace]
    const from = between(request.random, 0, leaves.length - 1)
    for (let at = from; at < leaves.length; at++) leaves[at] = garbage(request)
    return leaves.length === 0 ? undefined : liar(forgery, { end: "withheld" })
  },
  "leaves that are absent": (request) => {
    const forgery = new Forgery(interpret(request.program, request.inputs))
    const leaves = forgery.leaves[Space.Trace]
    const from = between(request.random, 0, leaves.length - 1)
    for (let at = from; at < leaves.length; at++) leaves[at] = absentDigest(0)
    return leaves.length === 0 ? undefined : liar(forgery, { end: "withheld" })
  },
  "a leaf labelled as another tensor (row 3.3/6)": replacing((leaf) => ({
    ...leaf,
    tensorId: leaf.tensorId + 1,
  })),
  "a leaf labelled as another chunk (row 3.3/6)": replacing((leaf) => ({ ...leaf, chunk: leaf.chunk + 1 })),
  "a leaf that is too short (row 3.3/4)": replacing((leaf) => ({ ...leaf, data: leaf.data.slice(1) })),
  "a leaf that is too long (row 3.3/9)": replacing((leaf) => ({
    ...leaf,
    data: Uint8Array.of(...leaf.data, 0),
  })),
  "two leaves that changed places (row 3.3/6)": (request) => {
    const forgery = new Forgery(interpret(request.program, request.inputs))
    const leaves = forgery.leaves[Space.Trace]
    if (leaves.length < 2) return undefined
    const at = between(request.random, 1, leaves.length - 1)
    ;[leaves[at - 1], leaves[at]] = [leaves[at], leaves[at - 1]]
    return liar(forgery, { end: "withheld" })
  },
  "a wrong element, and no node is shown (row 1)": (request) =>
    liar(new Forgery(alone(request, [stepIn(request)!])), { answer: () => undefined, end: "withheld" }),
  "a wrong element, and no chunk is shown (row 1)": (request) => {
    const forgery = new Forgery(alone(request, [stepIn(request)!]))
    return liar(forgery, {
      end: "withheld",
      answer: (question) => (asksForChunk(question) ? undefined : forgery.answer(question)),
    })
  },
  "a wrong element, and the digest of the chunk is shown (row 3.3/5)": (request) => {
    const forgery = new Forgery(alone(request, [stepIn(request)!]))
    return liar(forgery, {
      end: "withheld",
      answer: (question) => {
        const { space, index } = question
        const { path } = forgery.answer(question)
        if (!asksForChunk(question)) return forgery.answer(question)
        return { kind: "node", descendants: [forgery.trees[space].node(0, index)], path }
      },
    })
  },
  "a wrong element, and the nodes of an honest run are shown (row 3.3/7)": (request) => {
    const honest = new Forgery(interpret(request.program, request.inputs))
    return liar(new Forgery(following(request, [0])), { answer: honest.answer, end: "withheld" })
  },
  "a wrong element, and the honest chunk is shown": (request) => {
    const honest = new Forgery(interpret(request.program, request.inputs))
    const forgery = new Forgery(alone(request, [stepIn(request)!]))
    return liar(forgery, {
      end: "withheld",
      answer: (question) => {
        const { path } = forgery.answer(question)
        return asksForChunk(question) ? { ...honest.answer(question), path } : forgery.answer(question)
      },
    })
  },
  "a wrong answer without a trace, which is posted right": (request) =>
    wrongAnswer(request, () => ({ traceRoot: undefined })),
  "a wrong answer without a trace, which is posted wrong": (request) => {
    const forgery = new Forgery(
      following(
        request,
        request.program.steps.map((_, number) => number),
      ),
    )
    return liar(forgery, { traceRoot: undefined })
  },
  "a wrong answer without a trace, which is never posted": (request) =>
    wrongAnswer(request, (forgery) => ({
      traceRoot: undefined,
      end: "withheld",
      answer: (question) => (question.space === Space.Trace ? undefined : forgery.answer(question)),
    })),
  "a wrong answer without a trace, for which garbage is posted": (request) =>
    wrongAnswer(request, () => ({ traceRoot: undefined, posts: hexlify(garbage(request)), end: "withheld" })),
}
