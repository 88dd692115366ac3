import { mkdir, rename, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { OnusError } from "../../protocol/errors.ts"
import { toJson } from "../../protocol/json.ts"
import { Space } from "../../protocol/program.ts"
import { tensorsOf } from "../../engine/trace/commitment.ts"
import { encodeBundle } from "../../sdk/bundle.ts"
import type { Checker, Opinion } from "../check.ts"
import type { CheckedFile, ModelFiles } from "../check/model-files.ts"
import { type Exported, bundleFor, findingOf } from "./finding.ts"
import { pageOf } from "./page.ts"

export interface ExporterOptions {
  /** Where findings are written, each into a folder of its own. */
  readonly folder: string
  readonly checker: Pick<Checker, "runOf"> & ModelFiles
  /** Bytes of an ONNX file that is put into a finding; larger ones are only named. Default 256 MiB. */
  readonly mostModel?: number
}

const MOST_MODEL = 256 * 2 ** 20

/** Writes what was found out about answers, so that anybody can read and repeat it. */
export class Exporter {
  readonly #options: ExporterOptions

  constructor(options: ExporterOptions) {
    this.#options = options
  }

  /**
   * Writes a finding: a page in words, the same as data, the bundle and, if it is not too large, the model. It appears whole or not at
   * all; the one that was there before is replaced.
   *
   * @returns the folder.
   * @throws OnusError `FileNotWritten`; as `Checker.runOf`.
   */
  async write(known: Exported, opinion: Opinion): Promise<string> {
    const { checker, folder, mostModel = MOST_MODEL } = this.#options
    const { modelId, provider } = known.signed.receipt
    const own = await checker.runOf(known)
    const file = await checker.fileOf(modelId, provider).catch(() => undefined)
    const isThere = file !== undefined && file.bytes.length <= mostModel
    const finding = findingOf(known, opinion, own)
    const inputs = Buffer.concat(tensorsOf(own.program, Space.Input).map((tensor) => own.bytes(tensor)))
    const files = {
      bundle: "bundle.json",
      model: isThere ? "model.onnx" : undefined,
      dimensions: file?.dimensions ?? {},
    }
    const { difference, fault, explanation } = finding
    const content = {
      "README.md": pageOf(finding, files),
      "finding.json": `${toJson({ ...dataOf(known, opinion, file), difference, fault, explanation })}\n`,
      [files.bundle]: encodeBundle(bundleFor(known, opinion, inputs)),
      ...(isThere ? { "model.onnx": file.bytes } : {}),
    }
    return replaceFolder(join(folder, known.id), content)
  }
}

function dataOf({ id, signed }: Exported, opinion: Opinion, file: CheckedFile | undefined) {
  const { verdict } = opinion
  return {
    format: "onus.finding.v1",
    verdict,
    ...(verdict === "match" ? {} : { reason: opinion.reason }),
    ...(verdict === "mismatch" ? { proof: opinion.proof } : {}),
    receiptId: id,
    registry: signed.registry,
    receipt: signed.receipt,
    model: file && { sha256: file.sha256, bytes: file.bytes.length, dimensions: file.dimensions },
  }
}

/** Writes files into a folder that appears whole. */
async function replaceFolder(path: string, content: Readonly<Record<string, string | Uint8Array>>) {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await rm(temporary, { recursive: true, force: true })
    await mkdir(temporary, { recursive: true })
    for (const [name, data] of Object.entries(content))
      await writeFile(join(temporary, name), data, { flush: true })
    await rm(path, { recursive: true, force: true })
    await rename(temporary, path)
    return path
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {})
    throw new OnusError("FileNotWritten", `${path}: ${(cause as Error).message}`, {
      hint: "Check that its folder is there and may be written, and that the disk has room",
      cause,
    })
  }
}
