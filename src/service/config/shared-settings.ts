import { address, chainId, choice, duration, flag, integer, listOf, path, url, variable } from "./kinds.ts"
import { optional, preset, required } from "./setting.ts"

const LOCAL = "http://127.0.0.1:8545"
/** An account for examples. */
export const SOMEBODY = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"

export const CHAIN = {
  rpc: required(listOf(url("http", "https")), [LOCAL], "JSON-RPC nodes; the first that is well is used"),
  chain_id: required(chainId, 31337, "the chain they must be on"),
  registry: required(address, "0x5FbDB2315678afecb367f032d93F642f64180aa3", "the Onus contract"),
  from_block: preset(
    integer(0, 2 ** 48),
    0,
    "the block that the contract was deployed in: nothing is looked for before",
  ),
  confirmations: preset(
    integer(0, 100_000),
    0,
    'blocks after which one is final, where the chain has no "finalized" tag; 0: it must have one',
  ),
  poll: preset(duration("100ms", "10m", "ms"), "4s", "how often to ask for the latest block"),
  timeout: preset(duration("100ms", "5m", "ms"), "10s", "how long one call may take"),
  stalled_after: preset(
    duration("1s", "1d"),
    "5m",
    "how long without a new block until the chain counts as stalled",
  ),
}

export const KEY = {
  keystore: optional(path, "signing.json", "a keystore file (version 3)"),
  password_file: optional(path, "password.txt", 'a file with its password; "-" reads it from stdin'),
  web3signer: optional(url("http", "https"), "http://127.0.0.1:9000", "or: a Web3Signer that keeps the key"),
  address: optional(address, SOMEBODY, "and the address of the key there"),
  timeout: preset(duration("100ms", "1m", "ms"), "3s", "how long it may take to sign"),
  raw_env: optional(
    variable,
    "ONUS_KEY",
    "or, for development: an environment variable that holds the key as hex",
  ),
  allow_raw_key: preset(flag, false, "which must be allowed explicitly"),
}

export const ALERTS = {
  webhook: optional(url("http", "https"), "https://alerts.example/onus", "alerts are posted here as JSON"),
  timeout: preset(duration("100ms", "1m", "ms"), "5s", "how long one delivery may take"),
}

export const LOG = {
  level: preset(choice("trace", "debug", "info", "warn", "error", "silent"), "info", "trace to silent"),
}

export const SHUTDOWN = {
  timeout: preset(
    duration("1s", "1h"),
    "60s",
    "how long a clean end may take; then the process ends with code 75",
  ),
}
