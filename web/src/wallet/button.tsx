import { useState } from "react"
import { isOnusError } from "../../../src/protocol/errors.ts"
import { short } from "../components/format.ts"
import { useWallet } from "./context.tsx"

/** Connects a wallet, and says which account acts then. */
export function WalletButton() {
  const { account, connect } = useWallet()
  const [problem, setProblem] = useState<string>()
  if (account) return <span className="pill unknown">{short(account)}</span>
  const click = () =>
    connect().catch((error: unknown) => setProblem(isOnusError(error) ? error.message : "It was refused"))
  return (
    <>
      <button type="button" className="button" onClick={() => void click()} title={problem}>
        {problem ? "No wallet" : "Connect"}
      </button>
      <span className="visually-hidden" role="alert">
        {problem}
      </span>
    </>
  )
}
