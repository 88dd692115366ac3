import type { z } from "zod"
import type { Secretive } from "../scrub.ts"
import type { Settings } from "./setting.ts"

/** A table of a file, with where it stands. */
export interface Table {
  readonly path: readonly string[]
  readonly about: string
  readonly settings: Settings
  /** Written as `[[...]]`, once for each. */
  readonly isList?: true
  /** Of keys that may be left out, those that an example names. */
  readonly shown?: readonly string[]
  /** May be left out as a whole. */
  readonly isOptional?: true
}

/** What may stand in the configuration of one program, and where it is looked for. */
export interface Format<C> {
  /** The name of the file, if nobody says. */
  readonly file: string
  /** The environment variable that names another one. */
  readonly variable: string
  /** What the names of variables begin with that override single keys. */
  readonly prefix: string
  /** The command that writes such a file. */
  readonly init: string
  /** The first lines of a file with everything: what it is for. */
  readonly head: string
  /** All tables, in the order of the file. */
  readonly tables: readonly Table[]
  /** What the file becomes. @param base the folder that its paths are relative to. */
  readonly schema: (base: string) => z.ZodType<C>
  /** What of it may hold credentials. */
  readonly secretive: (config: C) => Secretive
}
