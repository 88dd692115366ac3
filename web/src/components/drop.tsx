import { type DragEvent, type ReactNode, useState } from "react"

interface DropProps {
  readonly give: (files: readonly File[]) => void
  readonly children: ReactNode
}

/** Takes files by dropping or choosing them. They stay in this browser. */
export function Drop({ give, children }: DropProps) {
  const [isOver, setOver] = useState(false)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    give([...event.dataTransfer.files])
  }
  const over = (event: DragEvent) => {
    event.preventDefault()
    setOver(true)
  }
  return (
    <div
      className={isOver ? "drop over" : "drop"}
      onDrop={drop}
      onDragOver={over}
      onDragLeave={() => setOver(false)}
    >
      <p className="small">{children}</p>
      <label className="button">
        Choose files
        <input
          type="file"
          className="visually-hidden"
          multiple
          onChange={({ target }) => {
            give([...(target.files ?? [])])
            // The same file may be given again after it was changed.
            target.value = ""
          }}
        />
      </label>
    </div>
  )
}
