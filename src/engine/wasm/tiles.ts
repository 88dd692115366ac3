import { PANEL } from "./right-operand.ts"

/** How many of everything a product has. */
export interface Counts {
  readonly groups: number
  readonly rows: number
  readonly columns: number
  readonly terms: number
}

/** How a product is cut into units. */
export interface Tiles {
  readonly rowTile: number
  readonly panelTile: number
  readonly rowTiles: number
  readonly panelTiles: number
  readonly alone: boolean
}

/** Products of two numbers below which it does not pay to wake other threads, and those of a unit at the least. */
const SMALL_WORK = 100_000
const UNIT_WORK = 300_000
/** Bytes of a left operand that stay in a near cache, and rows that pay for loading a panel. */
const LEFT_BYTES = 1024 * 1024
const ROWS = 96

/** Units large enough to be worth taking, small enough to be shared evenly and to stay in caches. */
export function tilesOf({ groups, rows, columns, terms }: Counts, direct: boolean): Tiles {
  const panels = Math.ceil(columns / PANEL)
  const fitting = Math.floor(LEFT_BYTES / 4 / Math.max(terms, direct ? 1 : columns))
  const most = Math.max(16, Math.min(ROWS, fitting & ~3))
  const rowTiles = Math.ceil(rows / most)
  const rowTile = Math.min(rows, (Math.ceil(rows / rowTiles) + 3) & ~3)
  const work = rowTile * columns * terms
  // Few rows: the panels are shared instead.
  const wanted = rows * groups > 8 * ROWS ? 1 : Math.max(1, Math.floor(work / UNIT_WORK))
  const panelTile = Math.ceil(panels / Math.min(wanted, panels))
  return {
    rowTile,
    panelTile,
    rowTiles: Math.ceil(rows / rowTile),
    panelTiles: Math.ceil(panels / panelTile),
    alone: groups * rows * columns * terms < SMALL_WORK,
  }
}
