import { type FormEvent, useState } from "react"
import { OnusError, isOnusError } from "../../../src/protocol/errors.ts"
import { Link, navigate, useAddress } from "../router.tsx"
import { useSource } from "../site/context.tsx"
import { useTheme } from "../theme.ts"
import { WalletButton } from "../wallet/button.tsx"
import { Mark, Moon, Sun } from "./icons.tsx"

const SECTIONS = [
  ["/", "Providers", ["", "providers", "compare"]],
  ["/disputes", "Disputes", ["disputes"]],
  ["/models", "Models", ["models"]],
] as const

/** Where one is, where else one can go, and the switches. */
export function TopBar() {
  const { path } = useAddress()
  const [section = ""] = path
  return (
    <header className="top">
      <div className="wide">
        <Link href="/" className="mark" aria-label="Onus, all providers">
          <Mark /> Onus
        </Link>
        <nav aria-label="Sections">
          {SECTIONS.map(([href, name, sections]) => (
            <Link
              key={href}
              href={href}
              {...((sections as readonly string[]).includes(section) ? { "aria-current": "page" } : {})}
            >
              {name}
            </Link>
          ))}
        </nav>
        <div className="tools">
          <GoTo />
          <WalletButton />
          <ThemeButton />
        </div>
      </div>
    </header>
  )
}

function ThemeButton() {
  const [theme, toggle] = useTheme()
  return (
    <button
      type="button"
      className="button icon"
      onClick={toggle}
      aria-label={theme === "dark" ? "Use light colours" : "Use dark colours"}
    >
      {theme === "dark" ? <Sun /> : <Moon />}
    </button>
  )
}

/** Goes to what an id names: an address is a provider's, a hash that of a receipt, a batch or a model. */
function GoTo() {
  const { facts } = useSource()
  const [problem, setProblem] = useState("")
  const go = async (id: string) => {
    if (/^0x[0-9a-f]{40}$/.test(id)) return navigate(`/providers/${id}`)
    if (!/^0x[0-9a-f]{64}$/.test(id))
      throw new OnusError("IdInvalid", "An id is 0x and 40 or 64 hexadecimal digits")
    const { data: model } = await facts.model(id)
    navigate(`${model ? "/models" : "/receipts"}/${id}`)
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const said = new FormData(event.currentTarget).get("id") as string
    setProblem("")
    go(said.trim().toLowerCase()).catch((error: unknown) =>
      setProblem(isOnusError(error) ? error.message : String(error)),
    )
  }
  return (
    <form role="search" onSubmit={submit} className="goto">
      <input
        type="search"
        name="id"
        aria-label="Go to an address or a hash"
        placeholder="Address or hash"
        title={problem}
        aria-invalid={problem !== ""}
      />
      <span role="alert" className="visually-hidden">
        {problem}
      </span>
    </form>
  )
}
