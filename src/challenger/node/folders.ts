import { access, constants, mkdir, stat } from "node:fs/promises"
import { OnusError } from "../../protocol/errors.ts"
import type { ChallengerConfig } from "../../service/config/challenger-config.ts"

/**
 * Sees that folders which are read are there, and makes those that are written to.
 *
 * @throws OnusError `FolderUnusable` that names the setting.
 */
export async function requireFolders({
  book,
  models,
  inbox,
  export: exported,
}: ChallengerConfig): Promise<void> {
  await requireWritable("book.folder", book.folder)
  if (models.folder !== undefined) await requireReadable("models.folder", models.folder)
  if (inbox.folder !== undefined) await requireWritable("inbox.folder", inbox.folder)
  await requireWritable("export.folder", exported.folder)
}

async function requireReadable(setting: string, folder: string): Promise<void> {
  try {
    await access(folder, constants.R_OK | constants.X_OK)
    if ((await stat(folder)).isDirectory()) return
  } catch (cause) {
    throw unusable(setting, folder, (cause as Error).message, cause)
  }
  throw unusable(setting, folder, "it is no folder")
}

async function requireWritable(setting: string, folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw unusable(setting, folder, (cause as Error).message, cause)
  }
}

const unusable = (setting: string, folder: string, reason: string, cause?: unknown): OnusError =>
  new OnusError("FolderUnusable", `${setting} is ${folder}, which cannot be used: ${reason}`, {
    hint: "Paths are relative to the configuration; the user that runs the challenger must have the rights",
    cause,
  })
