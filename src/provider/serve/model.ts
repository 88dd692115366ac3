import type { Program } from "../../engine/program/program.ts"

/** A model as it is served. */
export interface ServedModel {
  /** Letters, digits, dots, hyphens and underscores: it is part of addresses. */
  readonly name: string
  /** Default `1`. The model id is another name of it. */
  readonly version?: string
  readonly program: Program
  /** Whether receipts commit to the trace. */
  readonly trace: "eager" | "lazy"
  /** Hash of the terms that receipts refer to if the consumer names none. Default: zero. */
  readonly termsHash?: string
  /** For people: what an answer costs, in words. */
  readonly price?: string
  /** The ONNX file, if it is to be had from this node. */
  readonly file?: ModelFile
}

/** The file that a model was lowered from. */
export interface ModelFile {
  readonly path: string
  /** SHA-256, 0x-prefixed. */
  readonly sha256: string
  readonly bytes: number
}

export const versionOf = ({ version = "1" }: ServedModel): string => version
