import { useEffect, useRef } from "react"
import { percent } from "../../components/format.ts"
import type { Digit } from "../../verify/examined.ts"

/** The picture that was asked about, and beside it what the provider says that it shows. */
export function DigitView({ digit }: { readonly digit: Digit }) {
  const { pixels, side, claimed, own } = digit
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const context = canvas.current?.getContext("2d")
    if (!context) return
    const image = context.createImageData(side, side)
    pixels.forEach((ink, at) => {
      const grey = 255 - 255 * Math.min(1, Math.max(0, ink))
      image.data.set([grey, grey, grey, 255], 4 * at)
    })
    context.putImageData(image, 0, 0)
  }, [pixels, side])
  const said = claimed ? largest(claimed) : undefined
  const right = largest(own)
  const isWrong = said !== undefined && said !== right
  return (
    <section className="card" aria-labelledby="digit">
      <h2 id="digit">What was asked, and what it answered</h2>
      <div className="digit">
        <canvas
          ref={canvas}
          width={side}
          height={side}
          role="img"
          aria-label="The picture that was asked about"
        />
        <div className="answers">
          <div>
            <span className="eyebrow">The provider says</span>
            <div className={isWrong ? "answer wrong" : "answer"}>{said ?? "unknown"}</div>
          </div>
          <div>
            <span className="eyebrow">Computed here</span>
            <div className="answer soft">{right ?? "unknown"}</div>
          </div>
        </div>
        <Bars values={claimed ?? own} chosen={said ?? right} />
      </div>
    </section>
  )
}

/** Undefined where what is no number is among them. */
function largest(values: Float32Array): number | undefined {
  const at = values.indexOf(Math.max(...values))
  return at < 0 ? undefined : at
}

function Bars({ values, chosen }: { readonly values: Float32Array; readonly chosen: number | undefined }) {
  const shown = [...values].map((value, digit) => ({ digit, value }))
  return (
    <dl className="bars">
      {shown.map(({ digit, value }) => (
        <div key={digit} className="bar">
          <dt>{digit === chosen ? <b>{digit}</b> : digit}</dt>
          <dd>
            <i aria-hidden="true" style={{ width: `${100 * Math.min(1, Math.max(0, value))}%` }} />
            {Number.isFinite(value) ? percent(value) : String(value)}
          </dd>
        </div>
      ))}
    </dl>
  )
}
