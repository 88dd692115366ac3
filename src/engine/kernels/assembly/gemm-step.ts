// Steps that are matrix products: a unit is a tile of one product of a group, with the epilogue behind it.
import { DEPTHWISE_F32, GEMM_I8 } from "./codes"
import { depthwiseF32 } from "./depthwise"
import { depthwiseI8 } from "./depthwise-i8"
import { epilogue } from "./epilogue"
import { gemmF32 } from "./gemm-f32"
import { gemmI8 } from "./gemm-i8"
import { gather, rowPointers } from "./pack"
import { Plan } from "./plan"

/** Where the operands of the products are. Every group has a product of its own: M rows by N columns. */
@unmanaged
export class Product {
  rows: i32
  columns: i32
  /** Rows and panels of a unit, and how many such there are. */
  rowTile: i32
  panelTile: i32
  rowTiles: i32
  panelTiles: i32
  /** Pointers to the taps of the rows of the left operand, and elements of a tap. */
  table: usize
  taps: i32
  run: i32
  /** The packed right operand. */
  right: usize
  rightSigned: i32
  /** Per group: what is added to the addresses of table, elements and right operand, the first element, zero points. */
  tableOffsets: usize
  leftOffsets: usize
  rightOffsets: usize
  elements: usize
  zeros: usize
  /** Elements of the output from row to row. */
  stride: i32
  /** Whether taps are so short that they are copied together, where to (scratch) and where the pointers to the rows are. */
  gathers: i32
  gathered: usize
  pointers: usize
  /** Whether sums are elements, which are written where they belong; otherwise where they are put (scratch). */
  direct: i32
  sums: usize
  /** Scratch of the kernel for 8 bits. */
  spare: usize
}

/** Columns of a panel. */
const PANEL: i32 = 8

function at(list: usize, group: i32): usize {
  return load<usize>(list + ((<usize>group) << 2))
}

/** A tile of rows and panels of one group; tiles of rows change fastest. */
export function gemmUnit(p: Plan, unit: i32, scratch: usize): void {
  const q = changetype<Product>(p.sources)
  const tiles = q.rowTiles * q.panelTiles
  const group = unit / tiles
  const tile = unit - group * tiles
  const panels = tile / q.rowTiles
  const m0 = (tile - panels * q.rowTiles) * q.rowTile
  const m1 = min(m0 + q.rowTile, q.rows)
  const p0 = panels * q.panelTile
  const p1 = min(p0 + q.panelTile, (q.columns + PANEL - 1) / PANEL)
  const first = <i32>at(q.elements, group)
  const width = min(p1 * PANEL, q.columns) - p0 * PANEL
  // Kernels take addresses of row and column 0.
  const out = q.direct
    ? p.output + ((<usize>first) << 2)
    : scratch + q.sums - ((<usize>(m0 * width + p0 * PANEL)) << 2)
  const outStride = (<usize>(q.direct ? q.stride : width)) << 2
  multiply(p.kind, q, group, m0, m1, p0, p1, out, outStride, scratch)
  finishRows(p, scratch, out, outStride, first, q.stride, m0, m1, p0 * PANEL, width)
}

function multiply(
  kind: i32,
  q: Product,
  group: i32,
  m0: i32,
  m1: i32,
  p0: i32,
  p1: i32,
  out: usize,
  outStride: usize,
  scratch: usize,
): void {
  let table = q.table + at(q.tableOffsets, group)
  let offset = at(q.leftOffsets, group)
  let taps = q.taps
  let run = q.run
  if (q.gathers) {
    const bytes = (<usize>run) << (kind === GEMM_I8 ? 1 : 2)
    const rowBytes = bytes * taps
    const rows = scratch + q.gathered
    gather(table, offset, taps, bytes, m0, m1, rows)
    table = scratch + q.pointers
    rowPointers(table, rows, rowBytes, 0, m1 - m0)
    table -= (<usize>m0) << 2
    offset = 0
    run *= taps
    taps = 1
  }
  const right = q.right + at(q.rightOffsets, group)
  if (kind === GEMM_I8) {
    const zeros = at(q.zeros, group)
    const isSigned = q.rightSigned !== 0
    const spare = scratch + q.spare
    gemmI8(table, offset, taps, run, right, isSigned, zeros, out, outStride, m0, m1, p0, p1, q.columns, spare)
  } else {
    gemmF32(table, offset, taps, run, right, out, outStride, m0, m1, p0, p1, q.columns)
  }
}

/** The epilogue of rows m0 to m1, columns n0 to n0 + width; sums are addressed from row and column 0. */
function finishRows(
  p: Plan,
  scratch: usize,
  sums: usize,
  sumStride: usize,
  first: i32,
  stride: i32,
  m0: i32,
  m1: i32,
  n0: i32,
  width: i32,
): void {
  if (width === stride) {
    // The rows lie one behind the other.
    finishRun(
      p,
      scratch,
      sums + <usize>m0 * sumStride + ((<usize>n0) << 2),
      first + m0 * stride + n0,
      (m1 - m0) * width,
    )
    return
  }
  for (let m = m0; m < m1; m++) {
    finishRun(p, scratch, sums + <usize>m * sumStride + ((<usize>n0) << 2), first + m * stride + n0, width)
  }
}

function finishRun(p: Plan, scratch: usize, sums: usize, element: i32, count: i32): void {
  for (let i = 0; i < count; i += p.block) {
    epilogue(p, scratch, sums + ((<usize>i) << 2), 16, element + i, min(p.block, count - i))
  }
}

/** Rows of a depthwise convolution, whose columns are the channels. */
export function depthwiseUnit(p: Plan, unit: i32, scratch: usize): void {
  const q = changetype<Product>(p.sources)
  const m0 = unit * q.rowTile
  const m1 = min(m0 + q.rowTile, q.rows)
  const out = q.direct ? p.output : scratch + q.sums - ((<usize>(m0 * q.columns)) << 2)
  const outStride = (<usize>q.columns) << 2
  if (p.kind === DEPTHWISE_F32) depthwiseF32(q.table, q.taps, q.columns, q.right, out, outStride, m0, m1)
  else depthwiseI8(q.table, q.taps, q.columns, q.right, out, outStride, m0, m1)
  finishRows(p, scratch, out, outStride, 0, q.columns, m0, m1, 0, q.columns)
}
