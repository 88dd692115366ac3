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
const UNIT_WORK = 200_000
/** Units per thread from which on it matters little that the last ones end at different times. */
const UNITS = 16
/** Bytes of an operand that stay in a near cache, and rows that pay for loading a panel: at best, and at least. */
const NEAR_BYTES = 1024 * 1024
const ROWS = 96
const FEW_ROWS = 32
/** Loading a right operand from memory takes as long as multiplying it with so many rows. */
const LOADING_ROWS = 6

/**
 * Units that use caches well and, if several threads share them, are many enough to be shared evenly.
 *
 * @param direct whether sums are written to the output; if not, those of a unit take room of their own
 */
export function tilesOf({ groups, rows, columns, terms }: Counts, direct: boolean, threads: number): Tiles {
  const panels = Math.ceil(columns / PANEL)
  const fitting = Math.floor(NEAR_BYTES / 4 / Math.max(terms, direct ? 1 : columns))
  const most = Math.max(16, Math.min(ROWS, fitting & ~3))
  const work = groups * Math.max(rows, LOADING_ROWS) * columns * terms
  const wanted = threads === 1 ? 1 : Math.min(UNITS * threads, Math.floor(work / UNIT_WORK))
  // A large right operand comes from memory: the fewer rows at a time, the longer they wait for it.
  const least = columns * terms * 4 > NEAR_BYTES ? most : FEW_ROWS
  const rowTiles = Math.max(
    Math.ceil(rows / most),
    Math.min(Math.ceil(wanted / groups), Math.ceil(rows / least)),
  )
  const rowTile = Math.min(rows, (Math.ceil(rows / rowTiles) + 3) & ~3)
  const rowUnits = groups * Math.ceil(rows / rowTile)
  // Rows of the output are cut only if there are too few of them.
  const panelTiles = 2 * rowUnits > wanted ? 1 : Math.min(panels, Math.ceil(wanted / rowUnits))
  const panelTile = Math.ceil(panels / panelTiles)
  return {
    rowTile,
    panelTile,
    rowTiles: Math.ceil(rows / rowTile),
    panelTiles: Math.ceil(panels / panelTile),
    alone: work < SMALL_WORK,
  }
}
