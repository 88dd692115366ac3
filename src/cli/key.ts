import { Wallet, isKeystoreJson } from "ethers"
import { OnusError } from "../protocol/errors.ts"
import { readFile } from "./file.ts"

/** Where the key comes from: never from the command line, which other users of the machine can see. */
export interface KeyOptions {
  readonly keyFile?: string
  readonly passwordFile?: string
}

const HINT = "Set ONUS_KEY to a 0x-prefixed private key, or name a keystore with --key-file"

/**
 * Loads the key of the account that sends and signs.
 *
 * @throws OnusError `KeyMissing`, `KeyMalformed`, `PasswordMissing`, `PasswordWrong`.
 */
export async function loadKey({ keyFile, passwordFile }: KeyOptions): Promise<Wallet> {
  if (keyFile === undefined) {
    const key = process.env.ONUS_KEY
    if (!key) throw new OnusError("KeyMissing", "This command needs a key", { hint: HINT })
    return fromHex(key, "ONUS_KEY")
  }
  const text = readFile(keyFile).toString().trim()
  if (!isKeystoreJson(text)) return fromHex(text, keyFile)
  const password = passwordFile ? readFile(passwordFile).toString().trimEnd() : process.env.ONUS_PASSWORD
  if (password === undefined) {
    throw new OnusError("PasswordMissing", `The key in ${keyFile} is encrypted`, {
      hint: "Name a file with its password in --password-file, or set ONUS_PASSWORD",
    })
  }
  return decrypt(text, password, keyFile)
}

/** The messages never hold the key, nor does the cause: ethers puts it there. */
function fromHex(key: string, source: string): Wallet {
  try {
    return new Wallet(key.trim())
  } catch {
    throw new OnusError("KeyMalformed", `${source} holds no private key`, { hint: HINT })
  }
}

async function decrypt(json: string, password: string, source: string): Promise<Wallet> {
  try {
    return new Wallet((await Wallet.fromEncryptedJson(json, password)).privateKey)
  } catch {
    throw new OnusError("PasswordWrong", `The password does not open ${source}`)
  }
}
