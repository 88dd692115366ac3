import { useState } from "react"
import { OnusError } from "../../../src/protocol/errors.ts"
import type { Call } from "../../../src/sdk/calls.ts"
import { Id } from "../components/id.tsx"
import { Problem } from "../components/parts.tsx"
import { useSource } from "../site/context.tsx"
import { useWallet } from "./context.tsx"
import { rehearse, sendBy } from "./send.ts"

/** Something that an account can do to the registry. */
export interface Deed {
  readonly name: string
  /** What it is about, where there are several of the same name, or what it is changes. */
  readonly about?: string
  /** What it does, and for whom. */
  readonly sentence: string
  /** What is sent. @param account in lower case. */
  readonly build: (account: string) => Promise<Call>
}

type Stage = "idle" | "trying" | "tried" | "sending" | "sent"

/** A deed with its rehearsal: nothing is sent that the chain was not seen to take. */
export function Action({ name, sentence, build }: Deed) {
  const { chain, look } = useSource()
  const { wallet, account, connect } = useWallet()
  const [stage, setStage] = useState<Stage>("idle")
  const [problem, setProblem] = useState<unknown>()
  const [hash, setHash] = useState<string>()

  const attempt = async (doing: Stage, done: Stage, act: () => Promise<void>) => {
    setProblem(undefined)
    setStage(doing)
    try {
      await act()
      setStage(done)
    } catch (error) {
      setProblem(error)
      setStage("idle")
    }
  }
  const built = async (): Promise<Call> => {
    if (!chain || !account) throw new OnusError("SignerMissing", "No account is connected")
    const made = await build(account)
    await rehearse(chain.client, account, made)
    return made
  }
  const tryIt = () => attempt("trying", "tried", async () => void (await built()))
  const send = () =>
    attempt("sending", "sent", async () => {
      // What was true at the rehearsal may not be any more.
      setHash(await sendBy(wallet!, chain!.client, account!, await built()))
      look()
    })
  const isBusy = stage === "trying" || stage === "sending"
  return (
    <div className="deed">
      <div className="row spread">
        <div>
          <h3>{name}</h3>
          <p className="soft small">{sentence}</p>
        </div>
        {account === undefined ? (
          <button type="button" className="button" onClick={() => void connect().catch(setProblem)}>
            Connect a wallet
          </button>
        ) : (
          <span className="row">
            <button type="button" className="button" disabled={isBusy} onClick={() => void tryIt()}>
              {stage === "trying" ? "Trying…" : "Try it"}
            </button>
            <button
              type="button"
              className="button strong"
              disabled={stage !== "tried"}
              onClick={() => void send()}
            >
              {stage === "sending" ? "Sending…" : "Send"}
            </button>
          </span>
        )}
      </div>
      <div role="status" className="small">
        {stage === "tried" && "The chain would take it now."}
        {stage === "sent" && hash && (
          <>
            Confirmed: <Id of="transaction" value={hash} canCopy />
          </>
        )}
      </div>
      <Problem problem={problem} />
    </div>
  )
}

/** What can be done here, in a card. */
export function Actions({ deeds, title }: { readonly deeds: readonly Deed[]; readonly title: string }) {
  const { account } = useWallet()
  if (deeds.length === 0) return null
  return (
    <section className="card">
      <h2>{title}</h2>
      {deeds.map((deed) => (
        // What was tried, was tried by one account with one content.
        <Action key={`${deed.name} ${deed.about} ${account}`} {...deed} />
      ))}
    </section>
  )
}
