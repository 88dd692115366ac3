import { figure } from "../../components/format.ts"
import type { Explanation } from "../../../../src/engine/audit/explain.ts"

/** How the right number comes about: what is read, and what is made of it. */
export function Operands({ explanation: { operands, registers } }: { readonly explanation: Explanation }) {
  return (
    <details className="operands">
      <summary>Operands, and what is made of them</summary>
      {operands.map(({ operand, tensor, type, count, first }) => (
        <div key={operand} className="operand">
          <h3>
            Operand {operand}: {tensor}{" "}
            <span className="faint">
              ({type}, read {count} times)
            </span>
          </h3>
          <p className="numbers">
            {first.map(({ position, value }) => (
              <span key={position} title={value.bits}>
                <small>[{position}]</small> {figure(value.value)}
              </span>
            ))}
            {count > first.length && <span className="faint">and {count - first.length} more</span>}
          </p>
        </div>
      ))}
      <div className="operand">
        <h3>Result, operation by operation</h3>
        <ol className="registers">
          {registers.map(({ register, formula, value }) => (
            <li key={register}>
              <code>
                r{register} = {formula}
              </code>
              <code title={value.bits}>{figure(value.value)}</code>
            </li>
          ))}
        </ol>
      </div>
    </details>
  )
}
