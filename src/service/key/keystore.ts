import { readFile } from "node:fs/promises"
import { decryptKeystoreJson, isKeystoreJson } from "ethers"
import { OnusError } from "../../protocol/errors.ts"
import type { Key } from "../key.ts"
import { localKey } from "./local.ts"

/**
 * Opens a keystore file (version 3).
 *
 * @throws OnusError `KeyMissing`, `KeyMalformed`, `PasswordWrong`. None of them holds the password or the key, nor do their causes.
 */
export async function keystoreKey(file: string, password: string): Promise<Key> {
  const json = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new OnusError("KeyMissing", `The keystore ${file} cannot be read: ${error.code ?? "unknown error"}`)
  })
  if (!isKeystoreJson(json)) {
    throw new OnusError("KeyMalformed", `${file} is no keystore of version 3`, {
      hint: "Make one with `geth account import`, `cast wallet import` or ethers",
    })
  }
  const account = await decryptKeystoreJson(json, password).catch((error: unknown) => {
    const isWrong = error instanceof Error && error.message.includes("incorrect password")
    if (isWrong) throw new OnusError("PasswordWrong", `The password does not open ${file}`)
    throw new OnusError("KeyMalformed", `${file} is a keystore that cannot be opened`, {
      hint: "Only scrypt and PBKDF2 with aes-128-ctr are known",
    })
  })
  return localKey(account.privateKey, file)
}
