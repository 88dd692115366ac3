import { resolve } from "node:path"
import { z } from "zod"
import type { ChallengerConfig, SpendConfig } from "./challenger-config.ts"
import * as keys from "./challenger-settings.ts"
import type { Format, Table } from "./format.ts"
import { type ValuesOf, table } from "./setting.ts"
import { databaseIn, key, keyIn } from "./shared-schema.ts"
import * as shared from "./shared-settings.ts"

const HEAD = `# A challenger of Onus: \`onus challenger --config onus-challenger.toml\`; \`onus monitor\` takes the same file, and spends nothing.
# Paths are relative to this file. Each key can be overridden: by --set chain.poll=2s, and by a variable such as
# ONUS_CHALLENGER__CHAIN__POLL=2s. \`onus challenger config check\` says what is wrong, \`onus challenger config show\` what holds.
`

/** All tables, in the order of the file. */
const TABLES: readonly Table[] = [
  { path: ["chain"], about: "The chain, and the registry on it.", settings: shared.CHAIN },
  {
    path: ["keys", "sending"],
    about:
      "The key that pays bonds and gas, and earns the rewards: of an account that nothing else sends from. One of three places. A monitor needs none.",
    settings: shared.KEY,
    shown: ["keystore", "password_file"],
    isOptional: true,
  },
  { path: ["book"], about: "Where the challenger keeps what it knows.", settings: keys.BOOK },
  { path: ["models"], about: "Models that are at hand.", settings: keys.MODELS },
  { path: ["fetch"], about: "What may be fetched of strangers.", settings: keys.FETCH },
  { path: ["choose"], about: "Which answers are checked.", settings: keys.CHOOSE },
  { path: ["check"], about: "How they are run again.", settings: keys.CHECK },
  { path: ["spend"], about: "What a dispute may cost, and what it must promise.", settings: keys.SPEND },
  { path: ["gas"], about: "What transactions may cost.", settings: keys.GAS },
  { path: ["audits"], about: "Audits of drawn answers.", settings: keys.AUDITS },
  { path: ["inbox"], about: "Where consumers hand in what they want checked.", settings: keys.INBOX },
  { path: ["export"], about: "Where evidence is written to.", settings: keys.EXPORT },
  { path: ["metrics"], about: "Where it can be watched.", settings: keys.METRICS },
  { path: ["checks"], about: "What the machine must have.", settings: keys.CHECKS },
  { path: ["alerts"], about: "Whom to tell.", settings: shared.ALERTS },
  { path: ["log"], about: "What to write to stdout, as lines of JSON.", settings: shared.LOG },
  { path: ["shutdown"], about: "How the challenger ends.", settings: shared.SHUTDOWN },
]

const gas = table(keys.GAS, ({ cap, claimCap, reserve, warnBelow }) => [
  ...(cap < claimCap
    ? [{ key: "cap" as const, message: "must be at least `claim_cap`: a move that is late loses its bond" }]
    : []),
  ...(warnBelow < reserve ? [{ key: "warn_below" as const, message: "must be at least `reserve`" }] : []),
])

const spend = table(keys.SPEND, ({ minValue, tokenPrice }) =>
  minValue > 0n && tokenPrice === undefined
    ? [{ key: "token_price", message: "must be named for `min_value` to be compared with anything" }]
    : [],
)

/** The whole file. Tables that are missing are read as empty ones. */
const schema = z.strictObject({
  chain: table(shared.CHAIN).prefault({} as never),
  keys: z.strictObject({ sending: key.optional() }).prefault({} as never),
  book: table(keys.BOOK).prefault({} as never),
  models: table(keys.MODELS).prefault({} as never),
  fetch: table(keys.FETCH).prefault({} as never),
  choose: table(keys.CHOOSE).prefault({} as never),
  check: table(keys.CHECK).prefault({} as never),
  spend: spend.prefault({} as never),
  gas: gas.prefault({} as never),
  audits: table(keys.AUDITS).prefault({} as never),
  inbox: table(keys.INBOX).prefault({} as never),
  export: table(keys.EXPORT).prefault({} as never),
  metrics: table(keys.METRICS).prefault({} as never),
  checks: table(keys.CHECKS).prefault({} as never),
  alerts: table(shared.ALERTS).prefault({} as never),
  log: table(shared.LOG).prefault({} as never),
  shutdown: table(shared.SHUTDOWN).prefault({} as never),
})

/** Paths are relative to the folder of the file that names them. */
function placed(base: string, values: z.infer<typeof schema>): ChallengerConfig {
  const { keys, book, models, choose, spend, inbox, export: exported, ...rest } = values
  const { notProviders = [], notModels = [] } = choose
  return {
    ...rest,
    keys: { sending: keys.sending && keyIn(base, keys.sending) },
    book: { url: databaseIn(base, book.url), folder: resolve(base, book.folder) },
    models: { folder: folderIn(base, models.folder) },
    choose: { ...choose, notProviders, notModels },
    spend: spending(spend),
    inbox: { ...inbox, folder: folderIn(base, inbox.folder) },
    export: { folder: resolve(base, exported.folder) },
  }
}

const folderIn = (base: string, folder: string | undefined) =>
  folder === undefined ? undefined : resolve(base, folder)

function spending(values: ValuesOf<typeof keys.SPEND>): SpendConfig {
  const {
    probabilityShown: shown,
    probabilityHidden: hidden,
    probabilityJoined: joined,
    probabilityEquivocation: equivocation,
    probabilityOmission: omission,
    ...rest
  } = values
  return { ...rest, probabilities: { shown, hidden, joined, equivocation, omission } }
}

/** The configuration of a challenger, and of a monitor. */
export const CHALLENGER: Format<ChallengerConfig> = {
  file: "onus-challenger.toml",
  variable: "ONUS_CHALLENGER_CONFIG",
  prefix: "ONUS_CHALLENGER__",
  init: "onus challenger init",
  head: HEAD,
  tables: TABLES,
  schema: (base) => schema.transform((values) => placed(base, values)),
  secretive: ({ chain, keys, book, alerts }) => ({
    urls: [...chain.rpc, book.url, alerts.webhook],
    keys: [keys.sending],
  }),
}
