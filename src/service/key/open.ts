import { OnusError } from "../../protocol/errors.ts"
import type { KeyConfig } from "../config/shared-config.ts"
import type { Key } from "../key.ts"
import { keystoreKey } from "./keystore.ts"
import { localKey } from "./local.ts"
import { type PasswordLines, passwordIn } from "./password.ts"
import { web3signerKey } from "./web3signer.ts"

export interface KeySources {
  /** For passwords that come on stdin: one object for all keys. */
  readonly stdin: PasswordLines
  readonly environment?: NodeJS.ProcessEnv
}

/**
 * Opens a key, wherever it is kept.
 *
 * @throws OnusError `KeyMissing`, `KeyMalformed`, `PasswordMissing`, `PasswordWrong`, `SignerUnavailable`.
 */
export async function openKey(config: KeyConfig, sources: KeySources): Promise<Key> {
  const { environment = process.env, stdin } = sources
  switch (config.kind) {
    case "keystore": {
      const { keystore, passwordFile } = config
      const password = await (passwordFile === "-" ? stdin.next(keystore) : passwordIn(passwordFile))
      return keystoreKey(keystore, password)
    }
    case "web3signer":
      return web3signerKey(config)
    case "raw": {
      const key = environment[config.env]?.trim()
      if (key) return localKey(key, config.env)
      throw new OnusError("KeyMissing", `The environment variable ${config.env} is not set`, {
        hint: "It must hold the key that `raw_env` speaks of",
      })
    }
  }
}

/** Opens the keys for signing and for sending: one key if the configuration says the same of both. */
export async function openKeys(
  { signing, sending }: { readonly signing: KeyConfig; readonly sending: KeyConfig },
  sources: KeySources,
): Promise<{ readonly signing: Key; readonly sending: Key }> {
  const first = await openKey(signing, sources)
  // Not at the same time: their passwords may come on one stdin, in this order.
  return { signing: first, sending: sending === signing ? first : await openKey(sending, sources) }
}
