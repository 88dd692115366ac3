import { z } from "zod"
import type { KeyConfig } from "./node-config.ts"
import { type Settings, type ValuesOf, table } from "./setting.ts"
import * as keys from "./settings.ts"

/** A table of the file, with where it stands. */
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

/** All tables, in the order of the file. */
export const TABLES: readonly Table[] = [
  { path: ["chain"], about: "The chain, and the registry on it.", settings: keys.CHAIN },
  { path: ["provider"], about: "Who answers.", settings: keys.PROVIDER },
  {
    path: ["keys", "signing"],
    about: "The key that signs receipts: a key of the provider with the role `sign`. One of three places.",
    settings: keys.KEY,
    shown: ["keystore", "password_file"],
  },
  {
    path: ["keys", "sending"],
    about:
      "The key that sends transactions, with the role `anchor`. Without this table the signing key does.",
    settings: keys.KEY,
    isOptional: true,
  },
  { path: ["journal"], about: "Where the node keeps what it owes.", settings: keys.JOURNAL },
  { path: ["http"], about: "How requests come in.", settings: keys.HTTP },
  {
    path: ["models"],
    about: "A model that is served; one such table for each.",
    settings: keys.MODEL,
    isList: true,
  },
  { path: ["answers"], about: "What is promised with an answer.", settings: keys.ANSWERS },
  { path: ["anchoring"], about: "When receipts are anchored.", settings: keys.ANCHORING },
  { path: ["gas"], about: "What transactions may cost.", settings: keys.GAS },
  { path: ["checks"], about: "When the node stops taking work by itself.", settings: keys.CHECKS },
  { path: ["alerts"], about: "Whom to tell.", settings: keys.ALERTS },
  { path: ["log"], about: "What to write to stdout, as lines of JSON.", settings: keys.LOG },
  { path: ["release"], about: "When bonds are given back.", settings: keys.RELEASE },
  { path: ["shutdown"], about: "How the node ends.", settings: keys.SHUTDOWN },
]

const key = table(keys.KEY, (values) => {
  const places = [values.keystore, values.web3signer, values.rawEnv].filter((place) => place !== undefined)
  if (places.length !== 1) {
    return [{ key: "keystore", message: "must be named, or `web3signer`, or `raw_env`: one of them" }]
  }
  if (values.keystore !== undefined && values.passwordFile === undefined) {
    return [{ key: "password_file", message: 'must name the file with the keystore\'s password, or be "-"' }]
  }
  if (values.web3signer !== undefined && values.address === undefined) {
    return [{ key: "address", message: "must say which key of the Web3Signer" }]
  }
  if (values.rawEnv !== undefined && !values.allowRawKey) {
    return [{ key: "allow_raw_key", message: "must be true for `raw_env`; only development should need it" }]
  }
  return []
}).transform(keyConfig)

function keyConfig(values: ValuesOf<typeof keys.KEY>): KeyConfig {
  const { keystore, passwordFile, web3signer, address, timeout, rawEnv } = values
  if (keystore !== undefined) return { kind: "keystore", keystore, passwordFile: passwordFile! }
  if (web3signer !== undefined) return { kind: "web3signer", url: web3signer, address: address!, timeout }
  return { kind: "raw", env: rawEnv! }
}

const answers = table(keys.ANSWERS, (values) => {
  const { window, minWindow, maxWindow, anchorWithin, minAnchorWithin, coverage, maxCoverage } = values
  return [
    ...within("window", window, minWindow, maxWindow),
    ...(anchorWithin < minAnchorWithin
      ? [{ key: "anchor_within" as const, message: "must be at least `min_anchor_within`" }]
      : []),
    ...(decimal(coverage) > decimal(maxCoverage)
      ? [{ key: "coverage" as const, message: "must be at most `max_coverage`" }]
      : []),
  ]
})

const within = <K extends string>(key: K, value: number, least: number, most: number) =>
  value < least || value > most ? [{ key, message: `must be from \`min_${key}\` to \`max_${key}\`` }] : []

/** Comparable: amounts have up to 36 places. */
function decimal(text: string): bigint {
  const [whole, fraction = ""] = text.split(".")
  return BigInt(whole + fraction.padEnd(36, "0"))
}

const gas = table(keys.GAS, ({ cap, defenceCap, reserve, warnBelow }) => [
  ...(defenceCap < cap
    ? [{ key: "defence_cap" as const, message: "must be at least `cap`: it is what saves the stake" }]
    : []),
  ...(warnBelow < reserve ? [{ key: "warn_below" as const, message: "must be at least `reserve`" }] : []),
])

const checks = table(keys.CHECKS, ({ warnClockSkew, maxClockSkew }) =>
  warnClockSkew > maxClockSkew
    ? [{ key: "warn_clock_skew", message: "must be at most `max_clock_skew`" }]
    : [],
)

const models = z
  .array(table(keys.MODEL))
  .min(1)
  .max(1000)
  .superRefine((all, context) => {
    const seen = new Set<string>()
    all.forEach(({ name, version }, index) => {
      const id = JSON.stringify([name, version])
      if (seen.has(id)) {
        const message = "must differ from that of the other models, or the version must"
        context.addIssue({ code: "custom", path: [index, "name"], message, params: { isWhole: true } })
      }
      seen.add(id)
    })
  })

/** The whole file. Tables that are missing are read as empty ones. */
export const schema = z
  .strictObject({
    chain: table(keys.CHAIN).prefault({} as never),
    provider: table(keys.PROVIDER).prefault({} as never),
    keys: z
      .strictObject({ signing: key.prefault({} as never), sending: key.optional() })
      .prefault({} as never),
    journal: table(keys.JOURNAL).prefault({} as never),
    http: table(keys.HTTP).prefault({} as never),
    models,
    answers: answers.prefault({} as never),
    anchoring: table(keys.ANCHORING).prefault({} as never),
    gas: gas.prefault({} as never),
    checks: checks.prefault({} as never),
    alerts: table(keys.ALERTS).prefault({} as never),
    log: table(keys.LOG).prefault({} as never),
    release: table(keys.RELEASE).prefault({} as never),
    shutdown: table(keys.SHUTDOWN).prefault({} as never),
  })
  .superRefine(({ answers, anchoring }, context) => {
    if (anchoring.margin < answers.minAnchorWithin) return
    const message = "must be less than `answers.min_anchor_within`"
    context.addIssue({ code: "custom", path: ["anchoring", "margin"], message, params: { isWhole: true } })
  })
