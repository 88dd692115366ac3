import { useState } from "react"
import { ForeignText } from "../components/foreign-text.tsx"
import { count } from "../components/format.ts"
import { Id } from "../components/id.tsx"
import { Problem, When } from "../components/parts.tsx"
import { Table } from "../components/table.tsx"
import { useAnswer } from "../site/use-answer.ts"
import { More, PAGE } from "./more.tsx"

/** All registered models. */
export default function ModelsPage() {
  const [shown, setShown] = useState(PAGE)
  const { data, problem } = useAnswer("models", (facts) => facts.models({ limit: shown }), shown)
  return (
    <>
      <div className="head">
        <h1>Models</h1>
        <p className="lead">
          Programs by their content: whoever names one of these ids means exactly these numbers.
        </p>
      </div>
      <Problem problem={problem} />
      <Table
        title={data ? `${count(data.total)} ${data.total === 1 ? "model" : "models"}` : "Models"}
        rows={data?.items}
        keyOf={({ id }) => id}
        empty="Nobody has registered a model."
        columns={[
          {
            head: "Model",
            cell: ({ id, uri }) => (
              <span>
                <Id of="model" value={id} />
                <span className="sub">
                  <ForeignText text={uri} />
                </span>
              </span>
            ),
          },
          { head: "Steps", isNumber: true, cell: ({ stepCount }) => count(stepCount) },
          { head: "Receipts", isNumber: true, cell: ({ anchored }) => count(anchored) },
          { head: "Convicted", isNumber: true, cell: ({ convicted }) => count(convicted) },
          { head: "Registered by", cell: ({ registrant }) => <Id of="account" value={registrant} canCopy /> },
          { head: "Registered", isNumber: true, cell: ({ since }) => <When at={since.time} /> },
        ]}
        note={<More total={data?.total} shown={data?.items.length} more={() => setShown(shown + PAGE)} />}
      />
    </>
  )
}
