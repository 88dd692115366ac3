import { OnusError } from "../protocol/errors.ts"

/** Bytes of the longest answer that is read: logs of a busy range take a few megabytes. */
export const LONGEST_ANSWER = 64 * 2 ** 20

/**
 * Reads the text of a response, as far as it is of a sensible length.
 *
 * @throws OnusError `AnswerTooLong` as soon as it is longer, whatever its header says.
 */
export async function readLimited(response: Response, limit = LONGEST_ANSWER): Promise<string> {
  const { body } = response
  if (!body) return ""
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length > limit) throw new OnusError("AnswerTooLong", `answers with more than ${limit} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
