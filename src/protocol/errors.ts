/** One entry of the error catalogue. */
export interface OnusErrorOptions {
  /** What the reader can do about it. */
  readonly hint?: string
  readonly cause?: unknown
}

/**
 * Every error that Onus raises on purpose.
 *
 * `code` is stable and machine-readable (for example `ReceiptSignatureInvalid`), `message` is one
 * sentence that holds the offending value, `hint` says what to do.
 */
export class OnusError extends Error {
  readonly code: string
  readonly hint: string | undefined

  constructor(code: string, message: string, options: OnusErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = "OnusError"
    this.code = code
    this.hint = options.hint
  }
}

/** True when `error` is an {@link OnusError}, with that code if one is given. */
export function isOnusError(error: unknown, code?: string): error is OnusError {
  return error instanceof OnusError && (code === undefined || error.code === code)
}
