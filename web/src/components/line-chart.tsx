import { type CSSProperties, useEffect, useRef } from "react"
import type uPlot from "uplot"
import type { AlignedData, Options } from "uplot"

/** One line over time. */
export interface Line {
  readonly name: string
  /** A colour of the theme, by the name of its variable. */
  readonly color: string
  readonly values: readonly (number | null)[]
}

interface ChartProps {
  readonly title: string
  /** Unix seconds. */
  readonly times: readonly number[]
  readonly lines: readonly Line[]
  /** Indices of two lines between which the area is filled. */
  readonly band?: readonly [number, number]
  readonly show: (value: number) => string
  /** The least and the most of the axis, if it is fixed. */
  readonly range?: readonly [number, number]
  readonly isStepped?: boolean
}

const HEIGHT = 190

const DAY_FORMAT = new Intl.DateTimeFormat("en", { month: "short", day: "numeric", timeZone: "UTC" })
const shortDay = (time: number): string => DAY_FORMAT.format(time * 1000)

/** Lines over time, with the same figures as a table for who does not see them. */
export function LineChart(props: ChartProps) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = place.current
    if (!element || props.times.length === 0) return
    let close: (() => void) | undefined
    let isOver = false
    void Promise.all([import("uplot"), import("uplot/dist/uPlot.min.css")]).then(([{ default: Plot }]) => {
      if (isOver) return
      const options = optionsOf(Plot, props, element.clientWidth, getComputedStyle(element))
      const data = [props.times, ...props.lines.map(({ values }) => values)] as AlignedData
      const plot = new Plot(options, data, element)
      const follow = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }))
      follow.observe(element)
      close = () => {
        follow.disconnect()
        plot.destroy()
      }
    })
    return () => {
      isOver = true
      close?.()
    }
  })
  const { title, times, lines, show } = props
  if (times.length === 0) return <p className="empty">Nothing has happened yet.</p>
  return (
    <figure className="figure-chart">
      <div className="chart" ref={place} aria-hidden="true" />
      <figcaption className="legend">
        {lines.map(
          ({ name, color }, at) =>
            !props.band?.includes(at) && (
              <span key={name} style={{ "--swatch": `var(${color})` } as CSSProperties}>
                {name}
              </span>
            ),
        )}
        {props.band && <span style={{ "--swatch": "var(--band)" } as CSSProperties}>where it may be</span>}
      </figcaption>
      <details>
        <summary>As a table</summary>
        <div className="scroll" tabIndex={0} role="region" aria-label={`${title} as a table`}>
          <table className="plain">
            <thead>
              <tr>
                <th scope="col">Day</th>
                {lines.map(({ name }) => (
                  <th scope="col" key={name} className="number">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {times.map((time, at) => (
                <tr key={time}>
                  <th scope="row">{new Date(time * 1000).toISOString().slice(0, 10)}</th>
                  {lines.map(({ name, values }) => (
                    <td key={name} className="number">
                      {values[at] === null ? "unknown" : show(values[at])}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  )
}

function optionsOf(
  Plot: typeof uPlot,
  props: ChartProps,
  width: number,
  style: CSSStyleDeclaration,
): Options {
  const color = (name: string) => style.getPropertyValue(name).trim()
  const axis = {
    stroke: color("--ink-faint"),
    grid: { stroke: color("--line"), width: 1 },
    ticks: { show: false },
    font: `12px ${style.fontFamily}`,
  }
  const { lines, band, show, range, isStepped, times } = props
  return {
    width,
    height: HEIGHT,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 7 } },
    scales: { x: { time: true }, ...(range ? { y: { range: [range[0], range[1]] } } : {}) },
    tzDate: (time: number) => new Date(time * 1000 + new Date().getTimezoneOffset() * 60_000),
    axes: [
      { ...axis, grid: { show: false }, space: 80, values: (_, splits) => splits.map(shortDay) },
      { ...axis, size: 56, values: (_, splits) => splits.map(show) },
    ],
    series: [
      {},
      ...lines.map(({ name, color: of }, at) => ({
        label: name,
        stroke: color(of),
        width: band?.includes(at) ? 0 : 2,
        points: { show: times.length < 3 },
        ...(isStepped ? { paths: Plot.paths.stepped!({ align: 1 }) } : {}),
      })),
    ],
    ...(band ? { bands: [{ series: [band[0] + 1, band[1] + 1], fill: color("--band") }] } : {}),
  }
}
