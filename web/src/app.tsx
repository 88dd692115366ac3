import { Suspense, lazy, useEffect, useRef } from "react"
import { Boundary } from "./components/boundary.tsx"
import { AsOfBar } from "./components/as-of.tsx"
import { Problem } from "./components/parts.tsx"
import { TopBar } from "./components/top-bar.tsx"
import { useAddress } from "./router.tsx"
import { SourceProvider } from "./site/context.tsx"
import { ProvidersPage } from "./pages/providers.tsx"
import { WalletProvider } from "./wallet/context.tsx"

const ProviderPage = lazy(() => import("./pages/provider.tsx"))
const ComparePage = lazy(() => import("./pages/compare.tsx"))
const ReceiptPage = lazy(() => import("./pages/receipt.tsx"))
const DisputesPage = lazy(() => import("./pages/disputes.tsx"))
const DisputePage = lazy(() => import("./pages/dispute.tsx"))
const ModelsPage = lazy(() => import("./pages/models.tsx"))
const ModelPage = lazy(() => import("./pages/model.tsx"))

/** All pages, with what they have in common. */
export function App() {
  return (
    <SourceProvider waiting={(problem) => <Waiting problem={problem} />}>
      <WalletProvider>
        <a className="skip" href="#content">
          Skip to the content
        </a>
        <TopBar />
        <AsOfBar />
        <main id="content" className="wide" tabIndex={-1}>
          <Suspense fallback={<p className="faint">Loading…</p>}>
            <Page />
          </Suspense>
        </main>
        <Foot />
      </WalletProvider>
    </SourceProvider>
  )
}

function Page() {
  const { path } = useAddress()
  const [section = "", id = ""] = path
  useEffect(() => {
    document.title = `${TITLES[section] ?? "Not found"}${id ? ` ${id.slice(0, 10)}` : ""} · Onus`
  }, [section, id])
  const key = id.toLowerCase()
  useFocus(`${section}/${key}`)
  // What a page shows, asks for and puts into commands must not be what a link made up.
  if (id !== "" && !IDS[section]?.test(key)) return <h1>There is no such page</h1>
  return (
    <Boundary key={`${section}/${key}`}>
      <Section section={section} id={key} />
    </Boundary>
  )
}

/** Those who hear or type the page go on at its content when it is another one. */
function useFocus(page: string): void {
  const before = useRef(page)
  useEffect(() => {
    if (before.current === page) return
    before.current = page
    document.getElementById("content")?.focus({ preventScroll: true })
  }, [page])
}

function Section({ section, id }: { readonly section: string; readonly id: string }) {
  if (section === "" || (section === "providers" && !id)) return <ProvidersPage />
  if (section === "providers") return <ProviderPage key={id} id={id} />
  if (section === "compare") return <ComparePage />
  if (section === "receipts" && id) return <ReceiptPage key={id} id={id} />
  if (section === "disputes") return id ? <DisputePage key={id} id={id} /> : <DisputesPage />
  if (section === "models") return id ? <ModelPage key={id} id={id} /> : <ModelsPage />
  return <h1>There is no such page</h1>
}

const HASH = /^0x[0-9a-f]{64}$/

/** What an id is, section by section. */
const IDS: Readonly<Record<string, RegExp>> = {
  providers: /^0x[0-9a-f]{40}$/,
  receipts: HASH,
  disputes: HASH,
  models: HASH,
}

const TITLES: Readonly<Record<string, string>> = {
  "": "Providers",
  providers: "Provider",
  compare: "Compare",
  receipts: "Receipt",
  disputes: "Dispute",
  models: "Model",
}

const Waiting = ({ problem }: { readonly problem: unknown }) => (
  <main className="wide">{problem === undefined ? <p>Loading…</p> : <Problem problem={problem} />}</main>
)

const Foot = () => (
  <footer className="foot">
    <div className="wide">
      Everything here follows from events of the registry. Grey means that nobody knows. No wallet is needed
      to read, and this page talks to nobody but its own server.
    </div>
  </footer>
)
