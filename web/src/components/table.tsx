import { type ReactNode, useId } from "react"

/** One column of a table. The first one names the row. */
export interface Column<T> {
  readonly head: string
  readonly cell: (row: T) => ReactNode
  readonly isNumber?: boolean
  /** Name of the order by this column, if there is one. */
  readonly order?: string
}

/** The order that a table is in, and how to ask for another. */
export interface Ordering {
  readonly by: string
  readonly isDescending: boolean
  readonly change: (by: string) => void
}

interface TableProps<T> {
  readonly title: ReactNode
  readonly rows: readonly T[] | undefined
  readonly columns: readonly Column<T>[]
  readonly keyOf: (row: T) => string
  /** What is said if there is no row. */
  readonly empty: string
  readonly ordering?: Ordering
  /** Below the table. */
  readonly note?: ReactNode
  /** Beside the title. */
  readonly tools?: ReactNode
}

/** A table in a card; on narrow screens each row becomes a list of its own. */
export function Table<T>({ title, rows, columns, keyOf, empty, ordering, note, tools }: TableProps<T>) {
  const id = useId()
  return (
    <section className="card flush" aria-labelledby={id}>
      <header className="row spread">
        <h2 id={id}>{title}</h2>
        {tools}
      </header>
      {rows === undefined && <p className="empty">Reading…</p>}
      {rows?.length === 0 && <p className="empty">{empty}</p>}
      {rows !== undefined && rows.length > 0 && (
        <div className="scroll">
          <table className="stack" aria-labelledby={id}>
            <thead>
              <tr>
                {columns.map((column) => (
                  <Head key={column.head} {...column} ordering={ordering} />
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Row key={keyOf(row)} row={row} columns={columns} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {note && <div className="note soft small">{note}</div>}
    </section>
  )
}

function Head<T>({
  head,
  isNumber,
  order,
  ordering,
}: Column<T> & { readonly ordering?: Ordering | undefined }) {
  const className = isNumber ? "number" : undefined
  if (!order || !ordering)
    return (
      <th scope="col" className={className}>
        {head}
      </th>
    )
  const isBy = ordering.by === order
  const direction = ordering.isDescending ? "descending" : "ascending"
  return (
    <th scope="col" className={className} {...(isBy ? { "aria-sort": direction } : {})}>
      <button type="button" className="order" onClick={() => ordering.change(order)}>
        {head} <span aria-hidden="true">{isBy ? (ordering.isDescending ? "↓" : "↑") : ""}</span>
      </button>
    </th>
  )
}

function Row<T>({
  row,
  columns: [first, ...rest],
}: {
  readonly row: T
  readonly columns: readonly Column<T>[]
}) {
  return (
    <tr>
      <th scope="row" data-label={first.head}>
        {first.cell(row)}
      </th>
      {rest.map(({ head, cell, isNumber }) => (
        <td key={head} data-label={head} className={isNumber ? "number" : undefined}>
          {cell(row)}
        </td>
      ))}
    </tr>
  )
}
