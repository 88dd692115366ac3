/** The ONNX file that a model was made out of. */
export interface CheckedFile {
  readonly bytes: Uint8Array
  /** 0x-prefixed hex. */
  readonly sha256: string
  /** Sizes of the dimensions that the file leaves open, by name. */
  readonly dimensions: Readonly<Record<string, number>>
}

/** Gives the files of models that were checked, for those who want to repeat it. */
export interface ModelFiles {
  /** @throws OnusError as `Sources.model`; `ModelMismatch` if nobody serves it any more. */
  fileOf(modelId: string, provider: string): Promise<CheckedFile>
}
