import { expect } from "chai"
import { picture } from "./client.ts"
import { sendingKey, signingKey } from "./roles.ts"

/** What keeps the keystores. */
export const PASSWORD = "correct horse battery staple"
/** Credentials in the URL of a node. */
export const CREDENTIALS = "token-of-the-operator"

/** Some inputs, as they come and as they are kept. */
const INPUTS = [0, 1, 2, 3].flatMap((number) => {
  const values = picture(number)
  const bytes = Buffer.from(Float32Array.from(values).buffer)
  const some = bytes.subarray(0, 48)
  return [values.slice(0, 8).join(","), some.toString("base64"), some.toString("hex")]
})

const KEYS = [signingKey, sendingKey].map(({ privateKey }) => privateKey.slice(2))

/** No key, no password, no credential and nothing that a client has asked was printed. */
export function expectNoSecrets(lines: readonly string[]): void {
  const secrets = [PASSWORD, CREDENTIALS, ...KEYS, ...INPUTS]
  for (const line of lines) {
    const told = secrets.filter((secret) => line.toLowerCase().includes(secret.toLowerCase()))
    expect(told, `secrets in the log: ${line}`).to.deep.equal([])
  }
}
