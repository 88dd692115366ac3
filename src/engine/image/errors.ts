import { OnusError } from "../../protocol/errors.ts"

/** The bytes are not a whole PNG. */
export function malformed(message: string, cause?: unknown): OnusError {
  return new OnusError("ImageMalformed", message, {
    hint: "Save the picture as PNG again",
    ...(cause === undefined ? {} : { cause }),
  })
}

/** The picture exceeds a limit. */
export function tooLarge(message: string): OnusError {
  return new OnusError("ImageTooLarge", message, { hint: "Scale or crop the picture: 28 pixels are enough" })
}

/** The picture shows nothing. */
export function empty(message: string): OnusError {
  return new OnusError("ImageEmpty", message, { hint: "Draw one digit that stands out from its background" })
}

/** A correct PNG of a kind that is not read. */
export function unsupported(message: string): OnusError {
  return new OnusError("ImageUnsupported", message, { hint: "Save the picture as PNG without interlacing" })
}
