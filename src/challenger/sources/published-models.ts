import { createHash } from "node:crypto"
import { z } from "zod"
import { hashJson } from "../../sdk/receipt-json.ts"
import type { Fetcher } from "../fetch/fetcher.ts"
import type { Fetched } from "../fetch/exchange.ts"
import { invalid, missing } from "../fetch/errors.ts"
import { readJson } from "../fetch/json.ts"
import type { ModelFile } from "../sources.ts"

/** Bytes of what a node tells about itself, with a thousand models. */
const LARGEST_DESCRIPTION = 2 ** 22

const described = z.object({
  models: z
    .array(
      z.object({
        modelId: hashJson,
        inputs: z
          .array(
            z.object({
              name: z.string().max(1000),
              shape: z.array(z.number().int().nonnegative()).max(32),
            }),
          )
          .max(1000),
        file: z
          .string()
          .regex(/^\/v1\/models\/[\w.-]{1,100}\/versions\/[\w.-]{1,100}\/file$/)
          .optional(),
        sha256: hashJson.optional(),
      }),
    )
    .max(1000),
})

/** A model as it was registered: whoever did it says where the file is. @throws OnusError as `Fetcher.get`; `ContentInvalid`. */
export async function registeredModel(
  fetcher: Pick<Fetcher, "get">,
  uri: string,
  maxBytes: number,
): Promise<ModelFile> {
  const fetched = await fetcher.get(uri, { maxBytes })
  return {
    bytes: checked(fetched, undefined, "The registered file of the model"),
    shapes: {},
    from: "registry",
  }
}

/**
 * A model as the provider at `base` publishes it.
 *
 * @throws OnusError as `Fetcher.get`; `FetchMissing` when it does not publish it; `ContentInvalid`.
 */
export async function publishedModel(
  fetcher: Pick<Fetcher, "get">,
  base: string,
  modelId: string,
  maxBytes: number,
): Promise<ModelFile> {
  const { bytes } = await fetcher.get(`${base}/v1/provider`, { maxBytes: LARGEST_DESCRIPTION })
  const { models } = readJson(bytes, described, "What the provider tells about itself")
  const model = models.find((one) => one.modelId === modelId.toLowerCase())
  if (model?.file === undefined) throw missing(`The provider does not publish the file of model ${modelId}`)
  const fetched = await fetcher.get(base + model.file, { maxBytes })
  const shapes = Object.fromEntries(model.inputs.map(({ name, shape }) => [name, shape]))
  return { bytes: checked(fetched, model.sha256, `The file of model ${modelId}`), shapes, from: "provider" }
}

/** The bytes, when they have the hashes that they are said to have. Only then anything is made of them. */
function checked({ bytes, headers }: Fetched, told: string | undefined, what: string): Uint8Array {
  const hash = `0x${createHash("sha256").update(bytes).digest("hex")}`
  const wanted = [told, headers["onus-sha256"]].flat().filter((one) => one !== undefined)
  if (wanted.some((one) => one.toLowerCase() !== hash))
    throw invalid(`${what} is not the one whose hash is told: it has ${hash}`)
  return bytes
}
