import type { Port } from "../../engine/program/program.ts"
import { datatypeOf } from "./datatypes.ts"
import { type ServedModel, versionOf } from "./model.ts"
import type { ServeOptions, ServeParts } from "./parts.ts"
import { registryJson } from "./receipt-fields.ts"

/** `GET /v2`. */
export const serverMetadata = ({ version }: Pick<ServeOptions, "version">) => ({
  name: "onus",
  version,
  extensions: ["binary_tensor_data", "onus_receipt"],
})

const portJson = ({ name, shape, tensor }: Port) => ({ name, datatype: datatypeOf(tensor.type), shape })

/** `GET /v2/models/NAME`. */
export const modelMetadata = ({ name, program }: ServedModel, all: readonly ServedModel[]) => ({
  name,
  versions: all.filter((one) => one.name === name).flatMap((one) => [versionOf(one), one.program.modelId]),
  platform: "onus_onnx",
  inputs: program.inputs.map(portJson),
  outputs: program.outputs.map(portJson),
})

/** Where the file of a model is. */
export const filePath = (model: ServedModel): string =>
  `/v1/models/${model.name}/versions/${versionOf(model)}/file`

/** `GET /v1/provider`: who owes for answers, for which models, within which limits. */
export function providerInfo({ registry, provider, signer, models, limits, defaults, cover }: ServeParts) {
  return {
    provider,
    signer,
    registry: registryJson(registry),
    /** Token units that may still be promised. */
    coverLeft: cover.left,
    limits,
    defaults,
    models: models.map((model) => ({
      name: model.name,
      version: versionOf(model),
      modelId: model.program.modelId,
      trace: model.trace,
      inputs: model.program.inputs.map(portJson),
      outputs: model.program.outputs.map(portJson),
      ...(model.price === undefined ? {} : { price: model.price }),
      ...(model.file ? { file: filePath(model), sha256: model.file.sha256, bytes: model.file.bytes } : {}),
    })),
    promises: {
      receipts:
        "Every answer is signed, after its claim is on the disk; it is anchored by the receipt's anchorBy",
      evidence:
        "Inputs, outputs and trace of every answer are at /v1/receipts/ID/evidence, made anew bit for bit",
      sealed:
        "With evidence_key, evidence is encrypted to the consumer: nobody else can challenge the answer",
    },
  }
}
