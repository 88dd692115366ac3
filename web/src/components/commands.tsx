import { CopyButton } from "./id.tsx"

/** Commands that do the same elsewhere. */
export function Commands({ lines }: { readonly lines: readonly string[] }) {
  const text = lines.join("\n")
  return (
    <div className="commands-box">
      <pre className="commands" tabIndex={0} aria-label="Commands">
        {text}
      </pre>
      <CopyButton text={text} what="commands" />
    </div>
  )
}
