import { AbiCoder, id, keccak256 } from "ethers"

/** What a model id is the hash of. Twin of `ModelHeader` in `contracts/types/Program.sol`. */
export interface ModelHeader {
  readonly semantics: number
  readonly method: number
  readonly stepCount: number
  readonly programRoot: string
  readonly weightsRoot: string
  readonly inputDepth: number
  readonly weightsDepth: number
  readonly traceDepth: number
  readonly outputDepth: number
}

/** Version of `docs/semantics.md`. */
export const SEMANTICS = 2
/** Recomputation of one element by the referee. */
export const METHOD = 1

export const MODEL_HEADER =
  "tuple(uint32 semantics, uint32 method, uint32 stepCount, bytes32 programRoot, bytes32 weightsRoot, uint8 inputDepth, uint8 weightsDepth, uint8 traceDepth, uint8 outputDepth)"

/** The content hash of a model. Twin of `contracts/libraries/ModelLib.sol`. */
export function modelId(header: ModelHeader): string {
  return keccak256(
    AbiCoder.defaultAbiCoder().encode(["bytes32", MODEL_HEADER], [id("onus.model.v1"), header]),
  )
}
