import {
  address,
  choice,
  database,
  duration,
  ether,
  flag,
  folder,
  gwei,
  hash,
  host,
  integer,
  listOf,
  share,
  size,
  tokens,
} from "./kinds.ts"
import { optional, preset } from "./setting.ts"
import { SOMEBODY } from "./shared-settings.ts"

const SOME_MODEL = `0x${"12".repeat(32)}`

export const BOOK = {
  url: preset(database, "sqlite:./onus-challenger.db", "sqlite:FILE, or postgres://..."),
  folder: preset(
    folder,
    "onus-challenger",
    "a folder for what is no table: inputs that were handed in, and which file is which model",
  ),
}

export const MODELS = {
  folder: optional(
    folder,
    "models",
    "ONNX files in it need not be fetched; others come from where they were registered, or from providers that publish them",
  ),
}

export const FETCH = {
  allow_private: preset(
    flag,
    false,
    "whether providers may be on private addresses: only for local chains, else a stranger can make this machine ask its neighbours",
  ),
  timeout: preset(duration("1s", "1h"), "1m", "how long one answer may take as a whole"),
  per_host: preset(integer(1, 64), 4, "requests to one host at the same time"),
  max_model: preset(size, "1GiB", "the largest ONNX file"),
  max_inputs: preset(size, "64MiB", "the largest inputs of one receipt"),
  max_evidence: preset(size, "1GiB", "the largest evidence of one receipt"),
}

export const CHOOSE = {
  share: preset(
    share("above 0"),
    1,
    "the part of the answers that is run again; which ones no provider can foretell",
  ),
  min_coverage: preset(tokens, "0", "whole tokens; answers with less coverage are left out"),
  providers: optional(listOf(address), [SOMEBODY], "only these providers"),
  not_providers: optional(listOf(address), [SOMEBODY], "and not these"),
  models: optional(listOf(hash), [SOME_MODEL], "only these models, by their ids"),
  not_models: optional(listOf(hash), [SOME_MODEL], "and not these"),
  omissions: preset(
    choice("never", "certain", "unanswered"),
    "certain",
    'signed answers that are not anchored in time: "certain" claims when every batch is known that could hold one, "unanswered" also when the provider cannot be reached for most of the time, which may be no fault of its own',
  ),
}

export const CHECK = {
  concurrency: preset(
    integer(0, 256),
    0,
    "answers of one model that are run at the same time; 0 takes all processors",
  ),
  threads: preset(integer(1, 256), 1, "threads of one run"),
  timeout: preset(duration("1s", "1d"), "5m", "how long one run may take"),
  max_memory: preset(
    size,
    "4GiB",
    "memory of all runs together; a model that needs more for one is not checked",
  ),
}

export const SPEND = {
  min_value: preset(
    ether,
    "0",
    "coins; a case whose expected value is less is left alone; counts only with `token_price`",
  ),
  min_reward: preset(tokens, "0", "whole tokens; a case whose reward is less is left alone"),
  token_price: optional(ether, "0.0005", "coins that one whole token is worth to you"),
  most_bonds: preset(ether, "1", "coins that may lie in bonds at the same time"),
  most_per_day: preset(ether, "2", "coins that may be put into bonds within a day"),
  probability_shown: preset(
    share("above 0"),
    0.95,
    "how likely a case is won whose wrong number the provider itself serves: somebody else may be earlier",
  ),
  probability_hidden: preset(share("above 0"), 0.9, "and one in which it has to be asked for it on-chain"),
  probability_joined: preset(share("above 0"), 0.3, "and one that somebody else has begun"),
  probability_equivocation: preset(share("above 0"), 0.95, "and one of two answers to one request"),
  probability_omission: preset(
    share("above 0"),
    0.8,
    "and one of an answer that was not anchored: the provider may have done so unseen",
  ),
  pay_restitution: preset(
    flag,
    false,
    "whether to pay restitution to the consumers of convicted answers, too: it costs gas and earns nothing",
  ),
}

export const GAS = {
  cap: preset(gwei, "500", "gwei per gas that a move of a dispute pays at most"),
  claim_cap: preset(gwei, "20", "gwei per gas that claiming what was won pays at most"),
  reserve: preset(
    ether,
    "0.05",
    "coins that claims and audits leave to the moves of disputes; with less, it is not ready",
  ),
  warn_below: preset(ether, "0.2", "coins below which an alert is raised"),
}

export const AUDITS = {
  contract: optional(
    address,
    SOMEBODY,
    "the Audits contract: with it, the account's seats vouch for drawn answers that were run here, and for no others",
  ),
  draw: preset(
    flag,
    false,
    "whether to draw funds that nobody has drawn: it costs gas, and serves those with seats",
  ),
  min_fee: preset(tokens, "0", "whole tokens; audits that pay less are left alone"),
}

export const INBOX = {
  folder: optional(
    folder,
    "inbox",
    "bundles that are put here are checked, and moved to done/ or refused/ in it",
  ),
  host: preset(host, "127.0.0.1", "the address that bundles are taken on over HTTP"),
  port: optional(integer(0, 65_535), 8090, "0 takes any free one; without a port nothing is taken"),
  max_body: preset(size, "64MiB", "the largest bundle"),
  max_kept: preset(size, "1GiB", "all inputs that are kept until their answers were run"),
}

export const EXPORT = {
  folder: preset(folder, "evidence", "for each wrong answer: what shows it, to be checked by anybody"),
}

export const METRICS = {
  host: preset(host, "127.0.0.1", "the address of /metrics, /healthz and /readyz"),
  port: preset(integer(0, 65_535), 7301, "0 takes any free one"),
}

export const CHECKS = {
  warn_clock_skew: preset(
    duration("1s", "1h"),
    "15s",
    "the clock may differ so much from the chain's before an alert is raised; nothing is decided by it",
  ),
  min_disk: preset(size, "1GiB", "room that must be free beside the book; with less, nothing new is checked"),
}
