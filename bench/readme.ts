// Writes what bench/results/ holds into the README, between its marks: `node --import tsx bench/readme.ts`.
import { readFileSync, writeFileSync } from "node:fs"

type Row = Readonly<Record<string, number>>
interface Measured {
  readonly processor: string
  readonly node: string
  readonly results: Readonly<Record<string, Row>>
}

const read = (threads: number): Measured =>
  JSON.parse(readFileSync(new URL(`results/engine-${threads}.json`, import.meta.url), "utf8")) as Measured
const [one, two] = [read(1), read(2)]

const times = (value: number): string => `${value.toFixed(2)} x`
const lines = Object.entries(one.results).map(([name, row]) => {
  const percent = Math.round((row["traced / engine"] - 1) * 100)
  const cells = [
    name,
    row["engine ms"],
    times(row["web / engine"]),
    times(row["native / engine"]),
    `+${percent} %`,
    times(row["engine ms"] / two.results[name]["engine ms"]),
  ]
  return `| ${cells.join(" | ")} |`
})
const table = [
  "| one thread | ms | beside onnxruntime-web | beside onnxruntime-node | eager trace | two threads |",
  "|---|---:|---:|---:|---:|---:|",
  ...lines,
  "",
  `Medians on an idle ${one.processor.replaceAll("(R)", "")} with two cores, Node ${one.node.slice(1)} (\`bench/results/\`); above 1 the engine is faster.`,
].join("\n")

const readme = new URL("../README.md", import.meta.url)
const [before, rest] = readFileSync(readme, "utf8").split("<!-- speed -->\n")
const after = rest.slice(rest.indexOf("<!-- why -->"))
writeFileSync(readme, `${before}<!-- speed -->\n\n${table}\n\n${after}`)
