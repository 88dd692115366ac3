/** A wallet as EIP-1193 says it: asked by names of methods. */
export interface Wallet {
  request(asked: { readonly method: string; readonly params?: readonly unknown[] }): Promise<unknown>
  on?(event: string, heard: (value: unknown) => void): void
  removeListener?(event: string, heard: (value: unknown) => void): void
}

/** A wallet and what it calls itself. */
export interface Announced {
  readonly name: string
  readonly wallet: Wallet
}

interface Announcement extends Event {
  readonly detail: { readonly info: { readonly name: string }; readonly provider: Wallet }
}

/** Milliseconds in which wallets answer the question of EIP-6963. */
const ANSWERING = 100

/** The wallets in this browser: those that announce themselves, else the one that every page is given. */
export async function findWallets(): Promise<readonly Announced[]> {
  const found: Announced[] = []
  const hear = (event: Event) => {
    const { info, provider } = (event as Announcement).detail
    found.push({ name: String(info.name).slice(0, 40), wallet: provider })
  }
  addEventListener("eip6963:announceProvider", hear)
  dispatchEvent(new Event("eip6963:requestProvider"))
  await new Promise((resolve) => setTimeout(resolve, ANSWERING))
  removeEventListener("eip6963:announceProvider", hear)
  const { ethereum } = globalThis as { ethereum?: Wallet }
  if (found.length === 0 && ethereum) found.push({ name: "Wallet", wallet: ethereum })
  return found
}
