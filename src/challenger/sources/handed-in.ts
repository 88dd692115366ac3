import { open } from "node:fs/promises"
import { join } from "node:path"

/** Inputs that consumers have handed in, by the id of the receipt. What they are worth, the receipt tells. */
export type HandedIn = (id: string) => Promise<Uint8Array | undefined>

/** Such inputs as files `ID.inputs` of a folder. One that is longer than `maxBytes` is left alone. */
export function inputsIn(folder: string, maxBytes = 2 ** 30): HandedIn {
  return async (id) => {
    if (!/^0x[0-9a-f]{64}$/i.test(id)) return undefined
    const file = await open(join(folder, `${id.toLowerCase()}.inputs`)).catch(unlessMissing)
    if (!file) return undefined
    try {
      const { size } = await file.stat()
      return size > maxBytes ? undefined : new Uint8Array(await file.readFile())
    } finally {
      await file.close()
    }
  }
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error
}
