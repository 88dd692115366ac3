import { useEffect, useRef, useState } from "react"
import type { ModelFacts } from "../../../src/facts/source.ts"
import { Drop } from "../components/drop.tsx"
import { ForeignText } from "../components/foreign-text.tsx"
import { count } from "../components/format.ts"
import { Id } from "../components/id.tsx"
import { FactList, Pill, Problem, Share, Tile, When } from "../components/parts.tsx"
import { ScoreCell } from "../components/score-cell.tsx"
import { Table } from "../components/table.tsx"
import { useSource } from "../site/context.tsx"
import { useAnswer } from "../site/use-answer.ts"
import { apart } from "../verify/apart.ts"
import { operatorWords } from "../words/operator.ts"
import type { Inspected } from "../verify/inspect.ts"
import { fetchModel } from "../verify/model-file.ts"

/** One model: what its id stands for, what it takes to prove a number of it wrong, and who serves it. */
export default function ModelPage({ id }: { readonly id: string }) {
  const { data, problem } = useAnswer(`model ${id}`, (facts) => facts.model(id))
  const file = useModelFile(id)
  if (data === null)
    return (
      <div className="head">
        <h1>Not a model</h1>
        <p className="lead">Nobody has registered {id}.</p>
      </div>
    )
  return (
    <>
      <div className="head">
        <span className="eyebrow">Model</span>
        <h1>A program by its content</h1>
        <Id of="model" value={id} isWhole isLink={false} />
        {data && <ForeignText text={data.uri} />}
      </div>
      <Problem problem={problem} />
      {data && <Headline model={data} inspected={file.inspected} />}
      <div className="columns">
        {data && <Content model={data} />}
        <Availability {...file} />
      </div>
      {data && <Services model={data} />}
      <Steps inspected={file.inspected} />
    </>
  )
}

interface ModelFile {
  readonly inspected: Inspected | undefined
  readonly origin: "site" | "yours" | undefined
  readonly problem: unknown
  readonly give: (files: readonly File[]) => void
}

/** The model's file: that which the site keeps, until the user gives one. */
function useModelFile(id: string): ModelFile {
  const { site } = useSource()
  const [state, setState] = useState<Omit<ModelFile, "give">>({
    inspected: undefined,
    origin: undefined,
    problem: undefined,
  })
  const isGiven = useRef(false)
  const look = async (model: Uint8Array, origin: ModelFile["origin"]) => {
    const inspected = await apart("inspect", { model })
    if (origin === "site" && isGiven.current) return
    const isIt = inspected.modelId === id
    setState({
      inspected: isIt ? inspected : undefined,
      origin,
      problem: isIt ? undefined : new Error(`The file is model ${inspected.modelId}, another one`),
    })
  }
  const failed = (problem: unknown) => setState({ inspected: undefined, origin: "yours", problem })
  useEffect(() => {
    void fetchModel(site, id)
      .then((model) => model && look(model, "site"))
      .catch(failed)
  }, [site, id])
  const give = ([file]: readonly File[]) => {
    if (!file) return
    isGiven.current = true
    void file
      .arrayBuffer()
      .then((bytes) => look(new Uint8Array(bytes), "yours"))
      .catch(failed)
  }
  return { ...state, give }
}

interface HeadlineProps {
  readonly model: ModelFacts
  readonly inspected: Inspected | undefined
}

function Headline({ model, inspected }: HeadlineProps) {
  const worst = inspected && Math.max(...inspected.steps.map(({ gas }) => gas))
  const most = inspected && Math.max(...inspected.steps.map(({ transactions }) => transactions ?? Infinity))
  return (
    <dl className="tiles">
      <Tile label="Receipts" figure={count(model.anchored)}>
        {count(model.convicted)} convicted
      </Tile>
      <Tile label="Providers" figure={count(model.services.length)} />
      <Tile label="Steps" figure={count(model.stepCount)} />
      <Tile
        label="Worst proof"
        figure={worst === undefined ? undefined : `${(worst / 1e6).toFixed(2)} M gas`}
      >
        {most === undefined
          ? "give the file to compute it"
          : most === Infinity
            ? "some number cannot be proven"
            : most === 1
              ? "in one transaction"
              : `in ${most} transactions`}
      </Tile>
      <Tile label="Weights" figure={inspected && `${count(Math.ceil(inspected.weightBytes / 1024))} KiB`}>
        {inspected && `a trace has ${count(Math.ceil(inspected.traceBytes / 1024))} KiB`}
      </Tile>
    </dl>
  )
}

const Content = ({ model }: { readonly model: ModelFacts }) => (
  <section className="card">
    <h2>What the id is the hash of</h2>
    <FactList
      rows={[
        ["Program", <Id key="program" of="hash" value={model.programRoot} canCopy />],
        ["Weights", <Id key="weights" of="hash" value={model.weightsRoot} canCopy />],
        ["Semantics", `version ${model.semantics}`],
        [
          "Checked by",
          model.method === 1 ? "recomputation of one number by the referee" : `method ${model.method}`,
        ],
        ["Registered by", <Id key="registrant" of="account" value={model.registrant} canCopy />],
        ["Registered", <When key="since" at={model.since.time} />],
      ]}
    />
  </section>
)

function Availability({ inspected, origin, problem, give }: ModelFile) {
  return (
    <section className="card">
      <div className="row spread">
        <h2>Availability</h2>
        {inspected ? <Pill tone="good">fetched, hash matches</Pill> : <Pill tone="unknown">unknown</Pill>}
      </div>
      <Problem problem={problem} />
      <p className="soft">
        {inspected
          ? `The file ${origin === "site" ? "that this site keeps" : "that you gave"} compiles to exactly this id.`
          : "Whether anybody can fetch it is not known here. A model that nobody can fetch cannot be challenged."}
      </p>
      {inspected && (
        <FactList
          rows={[
            ["Inputs", inspected.inputs.join(", ")],
            ["Outputs", inspected.outputs.join(", ")],
          ]}
        />
      )}
      <Drop give={give}>Drop the model's ONNX file here: it is compiled and hashed in this browser.</Drop>
    </section>
  )
}

const Services = ({ model }: { readonly model: ModelFacts }) => (
  <Table
    title="Who serves it"
    rows={model.services}
    keyOf={({ id }) => id}
    empty="Nobody has served it yet."
    columns={[
      { head: "Provider", cell: ({ provider }) => <Id of="provider" value={provider} /> },
      { head: "Receipts", isNumber: true, cell: ({ anchored }) => count(anchored) },
      {
        head: "Re-executed",
        isNumber: true,
        cell: ({ reExecuted, anchored }) => <Share value={anchored === 0 ? null : reExecuted / anchored} />,
      },
      { head: "Convicted", isNumber: true, cell: ({ convicted }) => count(convicted) },
      { head: "Score with it", isNumber: true, cell: (service) => <ScoreCell of={service} /> },
      { head: "Last used", isNumber: true, cell: ({ lastAt }) => <When at={lastAt} /> },
    ]}
  />
)

const Steps = ({ inspected }: { readonly inspected: Inspected | undefined }) =>
  inspected && (
    <Table
      title="Operators, and what a proof about each takes at most"
      rows={inspected.steps}
      keyOf={({ step }) => String(step)}
      empty="It has no steps."
      columns={[
        { head: "Step", cell: ({ step }) => step },
        { head: "Operator", cell: ({ primitive }) => operatorWords(primitive) },
        { head: "Writes", cell: ({ tensor }) => tensor },
        { head: "Elements", isNumber: true, cell: ({ elements }) => count(elements) },
        { head: "Gas", isNumber: true, cell: ({ gas }) => count(gas) },
        { head: "Bytes", isNumber: true, cell: ({ bytes }) => count(bytes) },
        {
          head: "Transactions",
          isNumber: true,
          cell: ({ transactions }) => transactions ?? <span className="unknown-text">none do</span>,
        },
      ]}
    />
  )
