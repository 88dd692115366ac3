// The thread of the page: answers options with the identities of this machine.
import { threadParent } from "#thread"
import { DIGITS, type IdentityOptions, identitiesOf } from "./identities.ts"

const parent = threadParent()

async function answer(options: IdentityOptions): Promise<void> {
  const response = await fetch(DIGITS)
  parent.post(await identitiesOf(new Uint8Array(await response.arrayBuffer()), options))
}

parent.onMessage((options) => {
  answer(options as IdentityOptions).catch((error: unknown) => {
    // Thrown again where the page sees it.
    setTimeout(() => {
      throw error
    })
  })
})
