import type { Glyph } from "../stroke.ts"

/** Ten digits drawn by one hand. */
export interface Font {
  readonly name: string
  /** Indexed by digit. */
  readonly glyphs: readonly Glyph[]
}
