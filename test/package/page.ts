// An application in a browser: it asks the SDK, and shows what the hooks tell.
import { createElement, useState } from "react"
import { createRoot } from "react-dom/client"
import { openFacts, scoreInWords } from "onus/facts"
import { ACCEPT_ANY, type Inclusion, type SignedReceipt } from "onus/protocol"
import {
  OnusProvider,
  useComparison,
  useDispute,
  useModel,
  usePolicyCheck,
  useProvider,
  useProviders,
  useReceipt,
  useStatus,
} from "onus/react"
import { connect, openRpc, receiptJson, verifySignature } from "onus/sdk"
import { trial } from "./trial.ts"

/** What the page is about: where the registry is, and answers as JSON has them. */
export interface About {
  readonly rpc: string
  readonly registry: string
  readonly policies: string
  readonly providers: readonly string[]
  readonly signed: { readonly receipt: unknown; readonly signature: string }
  readonly dispute: string
}

interface Shown {
  readonly signed: SignedReceipt
  readonly inclusion?: Inclusion
  readonly about: About
}

/** Checks a signature on the chain, then renders. */
async function open(about: About): Promise<string> {
  const rpc = await openRpc(about.rpc)
  const client = await connect(rpc, about.registry)
  const signed = {
    registry: client.registry,
    receipt: receiptJson.parse(about.signed.receipt),
    signature: about.signed.signature,
  }
  const signer = await verifySignature(client, signed)
  const facts = await openFacts({ rpc: about.rpc, registry: about.registry })
  createRoot(document.body).render(
    createElement(
      OnusProvider,
      { facts, client, policies: about.policies, refreshEvery: 200 },
      createElement(App, { signed, about }),
    ),
  )
  return signer
}

const line = (id: string, text: string | undefined) => createElement("p", { id }, text)

function App({ signed, about }: Shown) {
  const [chosen, choose] = useState(about.providers[0])
  const status = useStatus()
  const list = useProviders({ order: "stake" })
  const one = useProvider(chosen)
  const compared = useComparison(about.providers, signed.receipt.modelId)
  const model = useModel(signed.receipt.modelId)
  const receipt = useReceipt(signed)
  const dispute = useDispute(about.dispute)
  const check = usePolicyCheck({ receipt: signed.receipt, policy: { ...ACCEPT_ANY, assurance: 1 } })
  const wrong = useProvider("no address")
  return createElement(
    "main",
    {},
    line("status", status.data && `${status.data.origin} ${status.data.block}`),
    line("list", list.data?.data.items.map(({ id }) => id).join(" ")),
    line("one", one.data?.data ? `${one.data.data.id} ${scoreInWords(one.data.data)}` : undefined),
    line("compared", compared.data?.measures.map(({ key }) => key).join(" ")),
    line("model", model.data?.data?.services.map(({ provider }) => provider).join(" ")),
    line("receipt", receipt.data?.state.stage),
    line("dispute", dispute.data?.turn?.who),
    line("check", check.data?.unmet.map(({ sentence }) => sentence).join(" ") ?? check.error?.message),
    line("wrong", wrong.error?.message),
    createElement("button", { onClick: () => choose(about.providers[1]) }, "the other one"),
  )
}

Object.assign(globalThis, { open, trial })
