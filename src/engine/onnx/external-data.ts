import { sha1 } from "#sha1"
import { OnusError } from "../../protocol/errors.ts"
import { malformed, quote } from "./errors.ts"
import type { TensorMessage } from "./message.ts"

/**
 * Gives the bytes of a file beside the model. `location` is a relative path with `/` between its parts, none
 * of which is `..`; that no link leads out of the model's folder is up to the implementation.
 */
export type ExternalFiles = (location: string) => Uint8Array

interface Place {
  readonly location: string
  readonly offset: number
  /** Up to the end of the file if it is not given. */
  readonly length: number | undefined
  /** SHA-1 of the whole file in hexadecimal. */
  readonly checksum: string | undefined
}

/** Finds the data of tensors that lie in other files, each of which is asked for once. */
export class ExternalData {
  readonly #read: ExternalFiles | undefined
  readonly #files = new Map<string, Uint8Array>()
  readonly #sums = new Map<string, string>()

  constructor(read: ExternalFiles | undefined) {
    this.#read = read
  }

  /**
   * A view of the `size` bytes of a tensor. `where` names it.
   *
   * @throws {OnusError} OnnxMalformed, OnnxExternalDataMissing, OnnxExternalPathInvalid, and what reading throws.
   */
  find(message: TensorMessage, size: number, where: string): Uint8Array {
    const { location, offset, length, checksum } = placeOf(message, where)
    if (length !== undefined && length !== size) {
      throw malformed(`The external data of ${where} has ${length} bytes, its shape needs ${size}`)
    }
    const file = this.#open(location, where)
    const rest = file.length - offset
    if (rest < size || (length === undefined && rest !== size)) {
      throw malformed(
        `The data of ${where} is ${size} bytes from ${offset} of ${quote(location)}, which has ${file.length}`,
      )
    }
    if (checksum !== undefined) this.#requireSum(location, file, checksum, where)
    return file.subarray(offset, offset + size)
  }

  #open(location: string, where: string): Uint8Array {
    const known = this.#files.get(location)
    if (known) return known
    if (this.#read === undefined) {
      throw new OnusError(
        "OnnxExternalDataMissing",
        `The data of ${where} is in the file ${quote(location)}, which is not given`,
        { hint: "Give the files beside the model too, or save the model with its weights inside" },
      )
    }
    const file = readFor(where, () => this.#read!(location))
    this.#files.set(location, file)
    return file
  }

  #requireSum(location: string, file: Uint8Array, expected: string, where: string): void {
    const sum = this.#sums.get(location) ?? sha1(file)
    this.#sums.set(location, sum)
    if (expected.toLowerCase() === sum) return
    throw malformed(
      `The SHA-1 of ${quote(location)} is ${sum}, the data of ${where} needs ${quote(expected)}`,
    )
  }
}

function placeOf({ externalData }: TensorMessage, where: string): Place {
  const entries = new Map(externalData.map(({ key, value }) => [key, value]))
  if (entries.size < externalData.length) throw malformed(`The place of the data of ${where} is given twice`)
  const bytes = (key: string) => {
    const text = entries.get(key)
    if (text === undefined || /^\d{1,15}$/.test(text)) return text === undefined ? undefined : Number(text)
    throw malformed(`The ${key} of the data of ${where} is ${quote(text)}, not a number of bytes`)
  }
  const location = entries.get("location")
  if (location === undefined) throw malformed(`The data of ${where} is external but has no location`)
  requireInside(location, where)
  return {
    location,
    offset: bytes("offset") ?? 0,
    length: bytes("length"),
    checksum: entries.get("checksum"),
  }
}

/** Refuses paths that mean something outside of the model's folder on any system. */
function requireInside(location: string, where: string): void {
  const escapes = location.split("/").some((part) => part === "" || part === "..")
  if (!escapes && !/^[A-Za-z]:|[\\\0]/.test(location)) return
  throw new OnusError(
    "OnnxExternalPathInvalid",
    `The data of ${where} is in ${quote(location)}, which is no path inside of the model's folder`,
    { hint: "Put the file beside the model and save the model with a relative location" },
  )
}

/** What goes wrong with a file is told with the tensor that needs it. */
function readFor<T>(where: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof OnusError)) throw error
    const { code, message, hint } = error
    throw new OnusError(code, `The data of ${where} cannot be read: ${message}`, {
      cause: error,
      ...(hint === undefined ? {} : { hint }),
    })
  }
}
