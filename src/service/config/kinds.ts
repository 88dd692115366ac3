import { getAddress, isAddress, parseUnits } from "ethers"
import { z } from "zod"

/** A kind of value: how it is written in the file, and what becomes of it. */
export interface Kind<T> {
  readonly schema: z.ZodType<T>
  /** What is allowed, to go after "must be". */
  readonly allowed: string
  /** How text from an environment variable or a flag is to be read. */
  readonly form: "text" | "number" | "flag" | "list" | "table of text" | "table of numbers"
  /** Values may hold credentials: they are never repeated to anybody. */
  readonly isSecret?: true
}

const MOST_TEXT = 4096

/** Text of one pattern; what `read` throws or returns undefined for is not allowed. */
function written<T>(allowed: string, read: (text: string) => T | undefined, isSecret = false): Kind<T> {
  const schema = z
    .string()
    .max(MOST_TEXT)
    .transform((text, context) => {
      const value = tried(() => read(text))
      if (value !== undefined) return value
      context.addIssue({ code: "custom", message: allowed })
      return z.NEVER
    }) as unknown as z.ZodType<T>
  return { schema, allowed, form: "text", ...(isSecret ? { isSecret } : {}) }
}

function tried<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

const matching = (allowed: string, pattern: RegExp): Kind<string> =>
  written(allowed, (text) => (pattern.test(text) ? text : undefined))

export const words = matching("text without control characters", /^\P{Cc}{1,1000}$/u)
export const path = matching("the path of a file", /^\P{Cc}{1,1000}$/u)
export const folder = matching("the path of a folder", /^\P{Cc}{1,1000}$/u)
export const name = matching("a name of letters, digits, '.', '_' and '-', 64 at most", /^[\w][\w.-]{0,63}$/)
export const variable = matching("the name of an environment variable", /^[A-Za-z_]\w{0,127}$/)
export const host = matching("a host name or an IP address to listen on", /^[\w.:-]{1,253}$/)
export const hash = matching("0x and 64 hexadecimal digits", /^0x[0-9a-fA-F]{64}$/)

export const address = written("an address: 0x and 40 hexadecimal digits, not all zero", (text) =>
  text.startsWith("0x") && isAddress(text) && BigInt(text) !== 0n ? getAddress(text) : undefined,
)

/** A URL of one of some schemes. It may hold a password, or a token in its path. */
export function url(...schemes: string[]): Kind<string> {
  const allowed = `a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(" or ")}`
  return written(
    allowed,
    (text) =>
      schemes.includes(new URL(text).protocol.slice(0, -1)) && text.includes("://") ? text : undefined,
    true,
  )
}

export const database = written<string>(
  "sqlite:FILE or postgres://USER@HOST/DATABASE",
  (text) => {
    if (text.startsWith("sqlite:")) return /^\P{Cc}+$/u.test(text) && text.length > 7 ? text : undefined
    return /^postgres(ql)?:$/.test(new URL(text).protocol) ? text : undefined
  },
  true,
)

export const integer = (least: number, most: number): Kind<number> => ({
  schema: z.number().int().min(least).max(most),
  allowed: `a whole number from ${least} to ${most}`,
  form: "number",
})

/** A part of a whole. */
export const share = (least: "above 0" | "from 0"): Kind<number> => ({
  schema: least === "from 0" ? z.number().min(0).max(1) : z.number().gt(0).max(1),
  allowed: `a number ${least} to 1`,
  form: "number",
})

export const flag: Kind<boolean> = { schema: z.boolean(), allowed: "true or false", form: "flag" }

export const choice = <const T extends string>(...values: T[]): Kind<T> => ({
  schema: z.enum(values),
  allowed: `one of ${values.join(", ")}`,
  form: "text",
})

const UNITS = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 } as const

/** A time, as seconds. `ms` is for what the machine does; what contracts measure is whole seconds. */
export function duration(least: string, most: string, precise: "s" | "ms" = "s"): Kind<number> {
  const [from, to] = [seconds(least)!, seconds(most)!]
  const units = precise === "ms" ? "ms, s, m, h or d" : "s, m, h or d"
  return written(`a time from "${least}" to "${most}": a number with ${units}`, (text) => {
    const value = seconds(text)
    if (value === undefined || (precise === "s" && text.endsWith("ms"))) return undefined
    return value >= from && value <= to ? value : undefined
  })
}

function seconds(text: string): number | undefined {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text)
  return match ? Number(match[1]) * UNITS[match[2] as keyof typeof UNITS] : undefined
}

const SIZES = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 } as const

/** An amount of memory or disk, as bytes. */
export const size: Kind<number> = written('a size such as "512KiB", "16MiB" or "2GiB"', (text) => {
  const match = /^(\d{1,6}) ?(B|KiB|MiB|GiB|TiB)$/.exec(text)
  return match ? Number(match[1]) * SIZES[match[2] as keyof typeof SIZES] : undefined
})

/** An amount of the chain's coin, as wei. */
const coin = (unit: "gwei" | "ether"): Kind<bigint> =>
  written(`an amount in ${unit}, as a decimal in quotes`, (text) =>
    /^\d{1,20}(\.\d{1,18})?$/.test(text) ? parseUnits(text, unit) : undefined,
  )
export const gwei = coin("gwei")
export const ether = coin("ether")

/** An amount of the stake token. How many decimals that has is for the chain to say. */
export const tokens = matching("an amount in whole tokens, as a decimal in quotes", /^\d{1,30}(\.\d{1,36})?$/)

export const chainId: Kind<bigint> = {
  schema: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).transform(BigInt),
  allowed: "the number of a chain",
  form: "number",
}

/** Several values, at least one. */
export const listOf = (kind: Kind<string>): Kind<readonly string[]> => ({
  schema: z.array(kind.schema).min(1).max(20).readonly(),
  allowed: `a list of 1 to 20, each ${kind.allowed}`,
  form: "list",
  ...(kind.isSecret ? { isSecret: kind.isSecret } : {}),
})

/** Values by names that the operator chooses. */
export const tableOf = <T>(kind: Kind<T>): Kind<Readonly<Record<string, T>>> => ({
  schema: z.record(z.string().min(1).max(200), kind.schema),
  allowed: `a table of names, each with ${kind.allowed}`,
  form: kind.form === "number" ? "table of numbers" : "table of text",
})
