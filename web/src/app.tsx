import { Suspense, lazy, useEffect } from "react"
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
  if (section === "" || (section === "providers" && !id)) return <ProvidersPage />
  if (section === "providers") return <ProviderPage key={key} id={key} />
  if (section === "compare") return <ComparePage />
  if (section === "receipts" && id) return <ReceiptPage key={key} id={key} />
  if (section === "disputes") return id ? <DisputePage key={key} id={key} /> : <DisputesPage />
  if (section === "models") return id ? <ModelPage key={key} id={key} /> : <ModelsPage />
  return <h1>There is no such page</h1>
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
