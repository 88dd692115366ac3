import { ZeroHash } from "ethers"
import {
  address,
  choice,
  database,
  duration,
  ether,
  flag,
  gwei,
  hash,
  host,
  integer,
  name,
  path,
  share,
  size,
  tableOf,
  tokens,
  words,
} from "./kinds.ts"
import { optional, preset, required } from "./setting.ts"
import { SOMEBODY } from "./shared-settings.ts"

export const PROVIDER = {
  address: required(address, SOMEBODY, "whose stake stands behind the answers"),
}

export const JOURNAL = {
  url: preset(database, "sqlite:./onus-node.db", "sqlite:FILE, or postgres://... for several replicas"),
  replica: preset(name, "node", "the name of this process; each replica has its own"),
  share: preset(
    share("above 0"),
    1,
    "the part of the stake that it may promise; those of all replicas add up to 1 at most",
  ),
  restored: preset(
    flag,
    false,
    "true once after a backup was restored: until nothing of before can be held against it, the node takes no request ids of clients",
  ),
}

export const HTTP = {
  host: preset(host, "127.0.0.1", "the address that requests are answered on"),
  port: preset(integer(0, 65_535), 8080, "0 takes any free one"),
  metrics_host: preset(host, "127.0.0.1", "the address of /metrics, /healthz and /readyz"),
  metrics_port: preset(integer(0, 65_535), 7300, "0 takes any free one"),
  max_body: preset(size, "16MiB", "the largest request"),
  max_connections: preset(integer(1, 100_000), 1000, "more are refused"),
  request_timeout: preset(duration("1s", "1h"), "30s", "how long a request may take to arrive"),
  headers_timeout: preset(duration("1s", "1h"), "10s", "how long its headers may take"),
  keep_alive_timeout: preset(
    duration("1s", "1h"),
    "72s",
    "how long a connection may wait for its next request",
  ),
}

export const MODEL = {
  name: required(name, "digits", "as in /v2/models/NAME"),
  version: optional(name, "1", "as in /v2/models/NAME/versions/VERSION"),
  file: required(path, "models/digits.onnx", "the ONNX file"),
  dims: preset(
    tableOf(integer(1, 2 ** 31 - 1)),
    {},
    "sizes that the file leaves open, such as { batch = 1 }",
  ),
  constants: preset(
    tableOf(path),
    {},
    'files for inputs that say what the model is, such as { shape = "shape.pb" }',
  ),
  threads: preset(integer(1, 256), 1, "threads of one run"),
  workers: preset(integer(1, 256), 1, "runs at the same time"),
  queue: preset(integer(0, 100_000), 64, "runs that may wait; more are refused"),
  trace: preset(
    choice("eager", "lazy"),
    "lazy",
    '"eager" commits to every number of the run with the answer, "lazy" when somebody asks',
  ),
  allow_unregistered: preset(flag, false, "whether it is served although nobody registered it on-chain"),
  publish: preset(
    flag,
    false,
    "whether the file can be fetched from this node; who cannot get it anywhere can challenge nothing",
  ),
  price: optional(words, "0.01 USD for each answer", "what an answer costs, in words"),
  terms: preset(hash, ZeroHash, "hash of the terms that each receipt refers to"),
}

const WINDOW = duration("10m", "14d")
const SOON = duration("10s", "14d")

export const ANSWERS = {
  coverage: preset(tokens, "1", "restitution in whole tokens, if a request asks for none"),
  max_coverage: preset(tokens, "10", "what a request may ask for at most"),
  window: preset(WINDOW, "6h", "how long an answer can be challenged, if a request does not say"),
  min_window: preset(WINDOW, "10m", "what a request may ask for at least"),
  max_window: preset(WINDOW, "1d", "and at most: stake is locked for so long"),
  anchor_within: preset(SOON, "1h", "how soon an answer is anchored, if a request does not say"),
  min_anchor_within: preset(SOON, "30m", "what a request may ask for at least"),
  require_consumer: preset(flag, false, "whether a request must name the address that is owed restitution"),
  listed: preset(
    flag,
    false,
    "whether everybody may list what was anchored, so that anybody can check it: with it all questions and answers, but sealed ones, are public",
  ),
  retention: preset(
    duration("0s", "3650d"),
    "7d",
    "how long inputs are kept after the last moment at which somebody can ask about the answer",
  ),
}

export const ANCHORING = {
  max_count: preset(integer(1, 10_000), 10_000, "receipts in one batch"),
  max_age: preset(duration("1s", "7d"), "10m", "a batch waits so long to become full"),
  margin: preset(
    duration("1s", "7d"),
    "15m",
    "so long before the earliest anchorBy no price keeps a batch back",
  ),
  wait_above: preset(gwei, "30", "gwei per gas above which batches wait until then"),
}

export const GAS = {
  cap: preset(gwei, "200", "gwei per gas that anchoring pays at most"),
  defence_cap: preset(gwei, "1000", "gwei per gas that an answer to a challenge pays at most"),
  claim_cap: preset(gwei, "20", "gwei per gas that giving back bonds pays at most"),
  reserve: preset(
    ether,
    "0.05",
    "coins that only the answers to challenges may spend; with less, no new work is taken",
  ),
  warn_below: preset(ether, "0.2", "coins below which an alert is raised"),
}

export const CHECKS = {
  self_check_share: preset(share("from 0"), 0.01, "the part of its own answers that the node runs again"),
  self_check_interval: preset(
    duration("100ms", "1d", "ms"),
    "10s",
    "the shortest time between two such runs",
  ),
  max_clock_skew: preset(
    duration("1s", "1h"),
    "2m",
    "the clock may differ so much from the chain's; with more, no new work",
  ),
  warn_clock_skew: preset(duration("1s", "1h"), "15s", "and from here on an alert is raised"),
  min_disk: preset(size, "1GiB", "room that must be free beside the journal; with less, no new work"),
}

export const RELEASE = {
  interval: preset(duration("1s", "7d"), "1h", "how often to look for bonds that can be given back"),
  min_value: preset(tokens, "1", "whole tokens; less is left until it is worth a transaction"),
}
