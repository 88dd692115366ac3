import { createHash } from "node:crypto"
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

/** Where a book has what is no table. */
export interface BookFolders {
  /** Inputs that were handed in. */
  readonly inputs: string
  /** Models of strangers. */
  readonly models: string
}

/**
 * Each book has folders of its own: what it does not need is removed there, and a monitor may have the configuration of the challenger
 * beside it.
 *
 * @param secret of the book.
 */
export function foldersOf({ book }: Pick<ChallengerConfig, "book">, secret: Uint8Array): BookFolders {
  const name = createHash("sha256").update("onus book").update(secret).digest("hex").slice(0, 8)
  return { inputs: join(book.folder, name, "inputs"), models: join(book.folder, name, "models") }
}

/** Answers that are under way at once, at least: who serves them takes its time, and one that is slow must not keep all others waiting. */
const LEAST_UNDER_WAY = 64

/** How many answers are fetched, run or waited for at once: more than are run, as threads are to have something to do meanwhile. */
export const underWay = ({ workers }: Pick<Caps, "workers">): number => Math.max(LEAST_UNDER_WAY, 4 * workers)

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
  folders: BookFolders,
  play: () => Pick<Play, "files" | "neededModels"> | undefined,
): Promise<Sources> {
  const { allowPrivate, timeout, perHost, maxModel, maxInputs, maxEvidence } = config.fetch
  const fetcher = opened.add(
    "fetcher",
    new Fetcher({ allowPrivate, whole: timeout * 1000, atOnce: perHost }),
    (it) => it.close(),
  )
  const handedIn = inputsIn(folders.inputs, maxInputs)
  return openSources({
    registry,
    fetcher,
    uriOf: (provider) => directory.uriOf(provider),
    modelUriOf: (modelId) => directory.modelUriOf(modelId),
    // Of what was accused the inputs are kept with the case, if nobody has them any more.
    handedIn: async (id) => (await handedIn(id)) ?? play()?.files.inputsOf(id),
    ...(await openModels(config, instruments)),
    kept: new KeptModels({
      folder: folders.models,
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
