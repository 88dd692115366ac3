import { join } from "node:path"
import type { Registry } from "../../protocol/receipt.ts"
import type { ChallengerConfig } from "../../service/config/challenger-config.ts"
import type { Run } from "../../service/program.ts"
import { CAPS, type Caps } from "../check/caps.ts"
import { modelIdOf } from "../check/compile.ts"
import { Fetcher } from "../fetch/fetcher.ts"
import type { Play } from "../play/open.ts"
import type { Sources } from "../sources.ts"
import { inputsIn } from "../sources/handed-in.ts"
import { KeptModels } from "../sources/kept-models.ts"
import { ModelFolder } from "../sources/model-folder.ts"
import { openSources } from "../sources/open.ts"
import type { Directory } from "../watch/directory.ts"

/** Models of strangers that are kept, if all of them are as large as they may be. */
const KEPT_MODELS = 8

/** Where inputs are that were handed in. */
export const handedInFolder = ({ book }: Pick<ChallengerConfig, "book">): string =>
  join(book.folder, "inputs")

/** What one answer may take of this machine. */
export function capsOf({ check, fetch }: Pick<ChallengerConfig, "check" | "fetch">): Caps {
  const { concurrency, threads, timeout, maxMemory } = check
  return {
    ...CAPS,
    onnx: { ...CAPS.onnx, fileBytes: fetch.maxModel },
    runMs: timeout * 1000,
    engineBytes: maxMemory,
    workers: concurrency === 0 ? CAPS.workers : concurrency,
    threads,
  }
}

/** Opens where questions, traces and models come from. */
export async function openFetching(
  config: ChallengerConfig,
  { instruments, opened }: Pick<Run, "instruments" | "opened">,
  registry: Registry,
  directory: Pick<Directory, "uriOf" | "modelUriOf">,
  play: () => Pick<Play, "files" | "neededModels"> | undefined,
): Promise<Sources> {
  const { allowPrivate, timeout, perHost, maxModel, maxInputs, maxEvidence } = config.fetch
  const fetcher = opened.add(
    "fetcher",
    new Fetcher({ allowPrivate, whole: timeout * 1000, atOnce: perHost }),
    (it) => it.close(),
  )
  const handedIn = inputsIn(handedInFolder(config), maxInputs)
  return openSources({
    registry,
    fetcher,
    uriOf: (provider) => directory.uriOf(provider),
    modelUriOf: (modelId) => directory.modelUriOf(modelId),
    // Of what was accused the inputs are kept with the case, if nobody has them any more.
    handedIn: async (id) => (await handedIn(id)) ?? play()?.files.inputsOf(id),
    ...(await openModels(config, instruments)),
    kept: new KeptModels({
      folder: join(config.book.folder, "models"),
      maxBytes: KEPT_MODELS * maxModel,
      needed: async () => (await play()?.neededModels()) ?? new Set<string>(),
    }),
    limits: { inputs: maxInputs, evidence: maxEvidence, model: maxModel },
  })
}

async function openModels(
  config: ChallengerConfig,
  { log }: Run["instruments"],
): Promise<{ readonly models?: ModelFolder }> {
  const { folder } = config.models
  if (folder === undefined) return {}
  const caps = capsOf(config)
  const models = await ModelFolder.open({
    folder,
    index: join(config.book.folder, "models.json"),
    identify: (file) => modelIdOf(file, caps),
    onProblem: (path, error) => log.warn({ path, error }, "A file in the folder of models is none"),
  })
  log.info({ folder, models: models.modelIds.length }, "Models are at hand")
  return { models }
}
