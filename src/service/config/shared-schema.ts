import { resolve } from "node:path"
import { type ValuesOf, table } from "./setting.ts"
import type { KeyConfig } from "./shared-config.ts"
import { KEY } from "./shared-settings.ts"

/** The table of a key: it is in one of three places. */
export const key = table(KEY, (values) => {
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

function keyConfig(values: ValuesOf<typeof KEY>): KeyConfig {
  const { keystore, passwordFile, web3signer, address, timeout, rawEnv } = values
  if (keystore !== undefined) return { kind: "keystore", keystore, passwordFile: passwordFile! }
  if (web3signer !== undefined) return { kind: "web3signer", url: web3signer, address: address!, timeout }
  return { kind: "raw", env: rawEnv! }
}

/** A key whose files are named from a folder. */
export function keyIn(base: string, key: KeyConfig): KeyConfig {
  if (key.kind !== "keystore") return key
  const { keystore, passwordFile } = key
  return {
    ...key,
    keystore: resolve(base, keystore),
    passwordFile: passwordFile === "-" ? "-" : resolve(base, passwordFile),
  }
}

/** A database whose file, if it is one, is named from a folder. */
export const databaseIn = (base: string, url: string): string =>
  url.replace(/^sqlite:(.*)$/s, (_, file: string) => `sqlite:${resolve(base, file)}`)
