/** Longer hex than any hash, signature or selector. */
const BYTECODE = /"0x[0-9a-f]{512,}"/g

/**
 * The source of a typed client without what its contract is deployed from, which is most of it: frontends deploy nothing.
 * Sources that hold no such text come back as they are.
 */
export const withoutBytecode = (source: string): string => source.replace(BYTECODE, '"0x"')
