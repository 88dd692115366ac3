import { OnusError } from "../../protocol/errors.ts"

/*
 * Errors about what others serve. They name the host and what is wrong with it, in words of this program alone: nothing that the other
 * side has chosen gets into a log.
 */

/** An address or a redirect that is not allowed: trying again changes nothing. */
export const refused = (message: string, hint?: string): OnusError =>
  new OnusError("FetchRefused", message, hint === undefined ? {} : { hint })

/** An address that strangers must not have this program talk to. */
export const notPublic = (host: string) =>
  refused(
    `${host} is an address of this machine, its network or a reserved range`,
    "Only for chains that run on this machine or its network: set fetch.allow_private",
  )

/** May work another time. */
export const failed = (message: string): OnusError => new OnusError("FetchFailed", message)

export const tooLarge = (host: string, maxBytes: number): OnusError =>
  new OnusError("FetchTooLarge", `${host} answers with more than the ${maxBytes} bytes that this can have`)

/** The server says that there is no such thing, or none for us. */
export const missing = (message: string): OnusError => new OnusError("FetchMissing", message)

/** Something else than it must be. */
export const invalid = (message: string): OnusError => new OnusError("ContentInvalid", message)
