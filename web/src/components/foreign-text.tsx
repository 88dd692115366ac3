/** Longest text of strangers that is shown. */
const LONGEST = 300

/** A text that somebody wrote on-chain: shown as text, led to only if it is an https address, and marked as somebody's. */
export function ForeignText({ text }: { readonly text: string }) {
  const shown = printable(text)
  if (shown === "") return <span className="unknown-text">says nothing</span>
  const url = URL.parse(text)
  const isLink = url?.protocol === "https:" && url.username === "" && shown === text
  return (
    <span className="foreign">
      {isLink ? (
        <a href={url.href} rel="noopener noreferrer nofollow ugc" target="_blank">
          {shown}
        </a>
      ) : (
        shown
      )}
      <span className="tag">{isLink ? "external" : "their words"}</span>
    </span>
  )
}

/** Without characters that change how others are read, such as those that turn the direction of a line. */
function printable(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029]/gu, "�")
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST)}…` : plain
}
