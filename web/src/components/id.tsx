import { useState } from "react"
import { Link } from "../router.tsx"
import { short } from "./format.ts"
import { Copy, Tick } from "./icons.tsx"

/** What an identifier names; those with a page link to it. */
export type Named = "provider" | "model" | "receipt" | "dispute" | "account" | "transaction" | "hash"

const PAGES: Partial<Record<Named, string>> = {
  provider: "/providers/",
  model: "/models/",
  receipt: "/receipts/",
  dispute: "/disputes/",
}

interface IdProps {
  readonly of: Named
  readonly value: string
  /** Whether all of it is shown. */
  readonly isWhole?: boolean
  /** Whether it leads to its page; where it stands on that page, it does not. */
  readonly isLink?: boolean
  readonly canCopy?: boolean
}

/** An address or a hash, short, with a button that copies all of it. */
export function Id({ of, value, isWhole = false, isLink = true, canCopy = false }: IdProps) {
  const page = isLink ? PAGES[of] : undefined
  const text = <code title={value}>{isWhole ? value : short(value)}</code>
  return (
    <span className={isWhole ? "id whole" : "id"}>
      {page ? <Link href={page + value}>{text}</Link> : text}
      {(canCopy || isWhole) && <CopyButton text={value} what={of} />}
    </span>
  )
}

/** Copies a text. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), 1_500)
  }
  return (
    <button type="button" className="copy" aria-label={`Copy ${what}`} onClick={() => void copy()}>
      {isCopied ? <Tick /> : <Copy />}
      <span className="visually-hidden" role="status">
        {isCopied ? "Copied" : ""}
      </span>
    </button>
  )
}
