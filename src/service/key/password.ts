import { readFile } from "node:fs/promises"
import { createInterface } from "node:readline"
import { OnusError } from "../../protocol/errors.ts"

/** Longer ones are no passwords. */
const LONGEST = 10_000

/** Gives the lines of a stream one by one: the passwords of several keystores can come on one stdin. */
export class PasswordLines {
  readonly #stream: NodeJS.ReadableStream
  #lines: AsyncIterator<string> | undefined

  constructor(stream: NodeJS.ReadableStream) {
    this.#stream = stream
  }

  /** @throws OnusError `PasswordMissing` when the stream ends before the line. */
  async next(keystore: string): Promise<string> {
    // Not before: a stream that nobody needs is not touched.
    this.#lines ??= createInterface({ input: this.#stream, terminal: false })[Symbol.asyncIterator]()
    const line = await this.#lines.next()
    if (line.done !== true) return line.value
    throw new OnusError("PasswordMissing", `stdin ended before the password of ${keystore}`, {
      hint: 'Write one line for each keystore whose password_file is "-": first the signing key\'s',
    })
  }
}

/**
 * The password in a file: its content without the end of the last line. It may be empty.
 *
 * @throws OnusError `PasswordMissing`.
 */
export async function passwordIn(file: string): Promise<string> {
  const fail = (why: string) =>
    new OnusError("PasswordMissing", `The password in ${file} cannot be read: ${why}`)
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw fail(error.code ?? "unknown error")
  })
  if (text.length > LONGEST) throw fail(`it has more than ${LONGEST} characters`)
  return text.replace(/\r?\n$/, "")
}
