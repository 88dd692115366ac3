import { hexlify } from "ethers"
import { OnusError } from "../../protocol/errors.ts"
import { Space } from "../../protocol/program.ts"
import { treeDepth } from "../../protocol/tree-depth.ts"
import { type Program, leavesOf, totalLeaves } from "../../engine/program/program.ts"
import { tensorsOf } from "../../engine/trace/commitment.ts"
import type { Answer } from "../../engine/audit/game/answer.ts"
import {
  type HiddenSpace,
  type Question,
  asksForChunk,
  chunkQuestion,
  nodeQuestion,
} from "../../engine/audit/game/question.ts"
import { quoted } from "./refuse.ts"

type Query = Readonly<Record<string, unknown>>

const SPACES: Readonly<Record<string, HiddenSpace>> = { trace: Space.Trace, output: Space.Output }

/**
 * What `/v1/receipts/ID/openings` asks for: `space` with `height` and `index` of a node, or with `tensor` and `chunk`.
 *
 * @throws OnusError `QuestionInvalid`.
 */
export function questionFrom(program: Program, query: Query): Question {
  const name = typeof query.space === "string" ? query.space : ""
  const space = Object.hasOwn(SPACES, name) ? SPACES[name] : undefined
  if (space === undefined) throw invalid(`the space ${quoted(query.space)} is neither trace nor output`)
  const tensors = tensorsOf(program, space)
  if (query.tensor !== undefined) {
    const id = wholeNumber(query, "tensor")
    const tensor = tensors.find((one) => one.id === id)
    if (!tensor) throw invalid(`there is no tensor ${id} in the ${name}`)
    const chunk = wholeNumber(query, "chunk")
    if (chunk < leavesOf(tensor)) return chunkQuestion(tensor, chunk)
    throw invalid(`tensor ${id} has ${leavesOf(tensor)} chunks`)
  }
  const depth = treeDepth(totalLeaves(tensors))
  const [height, index] = [wholeNumber(query, "height"), wholeNumber(query, "index")]
  if (height <= depth && index < 2 ** (depth - height)) return nodeQuestion(space, height, index)
  throw invalid(`the ${name} tree has depth ${depth}, and no node ${index} at height ${height}`)
}

function wholeNumber(query: Query, name: string): number {
  const text = query[name]
  if (typeof text === "string" && /^\d{1,10}$/.test(text)) return Number(text)
  throw invalid(`${name} is ${quoted(text)}, no whole number`)
}

/** What a demand would be answered with on-chain. Digests and bytes are hex. */
export function answerJson(question: Question, answer: Answer) {
  const { space, height, index, tensor } = question
  const path = answer.path.map((digest) => hexlify(digest))
  const name = space === Space.Trace ? "trace" : "output"
  if (answer.kind === "tensor") {
    const { kind, step, descriptor } = answer
    return { question: { space: name, height, index }, kind, step, descriptor: hexlify(descriptor), path }
  }
  if (asksForChunk(question) && answer.kind === "chunk") {
    const asked = { space: name, tensor: tensor.id, chunk: index - tensor.firstLeaf, leaf: index }
    return { question: asked, kind: answer.kind, data: hexlify(answer.data), path }
  }
  const descendants = answer.kind === "node" ? answer.descendants.map((digest) => hexlify(digest)) : []
  return { question: { space: name, height, index }, kind: answer.kind, descendants, path }
}

const invalid = (why: string) =>
  new OnusError("QuestionInvalid", `This cannot be opened: ${why}`, {
    hint: "Ask for space=trace or output with height and index, or with tensor and chunk",
  })
