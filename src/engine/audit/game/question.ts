import { AbiCoder, keccak256 } from "ethers"
import { ElementType, Space, type Tensor } from "../../../protocol/program.ts"

/** An answer shows the descendants of a node so many levels below it, or the leaves. Twin of `Disclosure`. */
export const LEVELS = 9

/** The trees that can be asked about. */
export type HiddenSpace = typeof Space.Trace | typeof Space.Output

/** What a challenger asks for. Twin of `contracts/types/Question.sol`. */
export interface Question {
  readonly space: HiddenSpace
  /** Levels above the leaves. */
  readonly height: number
  /** Number of the node among those of its height. */
  readonly index: number
  /** The tensor of the chunk that is asked for; {@link NO_TENSOR} if a node is. */
  readonly tensor: Tensor
}

/** Where no tensor is meant. */
export const NO_TENSOR: Tensor = {
  space: Space.Input,
  type: ElementType.Float32,
  id: 0,
  firstLeaf: 0,
  length: 0,
}

/** Asks for what is below a node; at height 0, what a leaf is there for. */
export const nodeQuestion = (space: HiddenSpace, height: number, index: number): Question => ({
  space,
  height,
  index,
  tensor: NO_TENSOR,
})

/** Asks for a chunk of a tensor of the trace or the output. */
export function chunkQuestion(tensor: Tensor, chunk: number): Question {
  return { space: tensor.space as HiddenSpace, height: 0, index: tensor.firstLeaf + chunk, tensor }
}

/** Whether a chunk is asked for. */
export const asksForChunk = ({ tensor }: Question): boolean => tensor.length !== 0

/** Whether it is asked what a leaf is there for: it is absent, or a chunk of some tensor. */
export const asksForLeaf = ({ height, tensor }: Question): boolean => height === 0 && tensor.length === 0

const TENSOR = "tuple(uint8 space, uint8 elementType, uint32 id, uint32 firstLeaf, uint32 length)"
const QUESTION = `tuple(uint8 space, uint8 height, uint32 index, ${TENSOR} tensor)`

/** The question as the contract takes it. */
export function encodableQuestion({ tensor, ...question }: Question) {
  const { space, type: elementType, id, firstLeaf, length } = tensor
  return { ...question, tensor: { space, elementType, id, firstLeaf, length } }
}

/** Names a question. Twin of `IDisclosure.questionIdOf`. */
export function questionId(question: Question): string {
  return keccak256(AbiCoder.defaultAbiCoder().encode([QUESTION], [encodableQuestion(question)]))
}
