import { resolve } from "node:path"
import { z } from "zod"
import type { Format, Table } from "./format.ts"
import type { NodeConfig } from "./node-config.ts"
import * as keys from "./node-settings.ts"
import { table } from "./setting.ts"
import { databaseIn, key, keyIn } from "./shared-schema.ts"
import * as shared from "./shared-settings.ts"

const HEAD = `# A provider node of Onus: \`onus node --config onus.toml\`.
# Paths are relative to this file. Each key can be overridden: by --set chain.poll=2s, and by a variable such as
# ONUS_NODE__CHAIN__POLL=2s. \`onus node config check\` says what is wrong, \`onus node config show\` what holds.
`

/** All tables, in the order of the file. */
const TABLES: readonly Table[] = [
  { path: ["chain"], about: "The chain, and the registry on it.", settings: shared.CHAIN },
  { path: ["provider"], about: "Who answers.", settings: keys.PROVIDER },
  {
    path: ["keys", "signing"],
    about: "The key that signs receipts: a key of the provider with the role `sign`. One of three places.",
    settings: shared.KEY,
    shown: ["keystore", "password_file"],
  },
  {
    path: ["keys", "sending"],
    about:
      "The key that sends transactions, with the role `anchor`. Without this table the signing key does.",
    settings: shared.KEY,
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
  { path: ["alerts"], about: "Whom to tell.", settings: shared.ALERTS },
  { path: ["log"], about: "What to write to stdout, as lines of JSON.", settings: shared.LOG },
  { path: ["release"], about: "When bonds are given back.", settings: keys.RELEASE },
  { path: ["shutdown"], about: "How the node ends.", settings: shared.SHUTDOWN },
]

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
const schema = z
  .strictObject({
    chain: table(shared.CHAIN).prefault({} as never),
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
    alerts: table(shared.ALERTS).prefault({} as never),
    log: table(shared.LOG).prefault({} as never),
    release: table(keys.RELEASE).prefault({} as never),
    shutdown: table(shared.SHUTDOWN).prefault({} as never),
  })
  .superRefine(({ answers, anchoring }, context) => {
    if (anchoring.margin < answers.minAnchorWithin) return
    const message = "must be less than `answers.min_anchor_within`"
    context.addIssue({ code: "custom", path: ["anchoring", "margin"], message, params: { isWhole: true } })
  })

/** Paths are relative to the folder of the file that names them. */
function placed(base: string, { keys, journal, models, ...rest }: z.infer<typeof schema>): NodeConfig {
  const signing = keyIn(base, keys.signing)
  return {
    ...rest,
    keys: { signing, sending: keys.sending ? keyIn(base, keys.sending) : signing },
    journal: { ...journal, url: databaseIn(base, journal.url) },
    models: models.map((model) => ({
      ...model,
      file: resolve(base, model.file),
      constants: Object.fromEntries(
        Object.entries(model.constants).map(([name, file]) => [name, resolve(base, file)]),
      ),
    })),
  }
}

/** The configuration of a provider node. */
export const NODE: Format<NodeConfig> = {
  file: "onus.toml",
  variable: "ONUS_CONFIG",
  prefix: "ONUS_NODE__",
  init: "onus node init",
  head: HEAD,
  tables: TABLES,
  schema: (base) => schema.transform((values) => placed(base, values)),
  secretive: ({ chain, keys, journal, alerts }) => ({
    urls: [...chain.rpc, journal.url, alerts.webhook],
    keys: [keys.signing, keys.sending],
  }),
}
