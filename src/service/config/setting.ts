import { z } from "zod"
import type { Kind } from "./kinds.ts"

/** A value as TOML has it. */
export type Raw = string | number | boolean | readonly string[] | Readonly<Record<string, never>>

/** One key of the file. */
export interface Setting<T> {
  readonly kind: Kind<T>
  /** What it is, in one line, for the file that `onus node init` writes. */
  readonly about: string
  /** What it is when nobody says. */
  readonly preset?: Raw
  /** For keys without a default. */
  readonly example?: Raw
  readonly isOptional: boolean
}

/** A table of the file: keys as they are written there. */
export type Settings = Readonly<Record<string, Setting<unknown>>>

type Camel<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name

/** What a table becomes. */
export type ValuesOf<S extends Settings> = {
  readonly [K in keyof S as Camel<K & string>]: S[K] extends Setting<infer T> ? T : never
}

/** Something wrong with a table as a whole: at which key, and what must be. */
export type Check<S extends Settings> = (
  values: ValuesOf<S>,
) => readonly { readonly key: keyof S & string; readonly message: string }[]

export const preset = <T>(kind: Kind<T>, value: Raw, about: string): Setting<T> => ({
  kind,
  about,
  preset: value,
  isOptional: false,
})

export const required = <T>(kind: Kind<T>, example: Raw, about: string): Setting<T> => ({
  kind,
  about,
  example,
  isOptional: false,
})

export const optional = <T>(kind: Kind<T>, example: Raw, about: string): Setting<T | undefined> => ({
  kind: kind,
  about,
  example,
  isOptional: true,
})

/** The schema of a table: no other keys, defaults filled in, names as the program has them. */
export function table<const S extends Settings>(
  settings: S,
  check: Check<S> = () => [],
): z.ZodType<ValuesOf<S>> {
  const entries = Object.entries(settings).map(([key, { kind, preset, isOptional }]) => {
    if (preset !== undefined) return [key, kind.schema.prefault(preset)]
    return [key, isOptional ? kind.schema.optional() : kind.schema]
  })
  const fields = Object.fromEntries(entries) as Record<string, z.ZodType>
  return z
    .strictObject(fields)
    .transform((values) => named(settings, values) as ValuesOf<S>)
    .superRefine((values, context) => {
      for (const { key, message } of check(values)) {
        context.addIssue({ code: "custom", path: [key], message, params: { isWhole: true } })
      }
    })
}

const named = (settings: Settings, values: Record<string, unknown>) =>
  Object.fromEntries(Object.keys(settings).map((key) => [camel(key), values[key]]))

const camel = (key: string): string => key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
