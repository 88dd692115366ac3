import { type ReactNode, createContext, useCallback, useContext, useEffect, useMemo, useState } from "react"
import { OnusError } from "../../../src/protocol/errors.ts"
import { type Wallet, findWallets } from "./wallets.ts"

/** The account that acts, if one was connected. */
export interface WalletState {
  readonly wallet: Wallet | undefined
  /** In lower case. */
  readonly account: string | undefined
  readonly connect: () => Promise<void>
}

const WalletContext = createContext<WalletState | undefined>(undefined)

/** The connected wallet. */
export function useWallet(): WalletState {
  const state = useContext(WalletContext)
  if (!state) throw new Error("This stands outside of a wallet")
  return state
}

/** Keeps the account that the user connects. Nothing asks a wallet for anything before that. */
export function WalletProvider({ children }: { readonly children: ReactNode }) {
  const [wallet, setWallet] = useState<Wallet>()
  const [account, setAccount] = useState<string>()

  const connect = useCallback(async () => {
    const [first] = await findWallets()
    if (!first)
      throw new OnusError("WalletMissing", "There is no wallet in this browser", {
        hint: "Install one that speaks EIP-1193, or use the onus command",
      })
    const accounts = (await first.wallet.request({ method: "eth_requestAccounts" })) as readonly string[]
    setWallet(first.wallet)
    setAccount(accounts[0]?.toLowerCase())
  }, [])

  useEffect(() => {
    if (!wallet) return
    const changed = (accounts: unknown) => setAccount((accounts as readonly string[])[0]?.toLowerCase())
    wallet.on?.("accountsChanged", changed)
    return () => wallet.removeListener?.("accountsChanged", changed)
  }, [wallet])

  const state = useMemo(() => ({ wallet, account, connect }), [wallet, account, connect])
  return <WalletContext value={state}>{children}</WalletContext>
}
