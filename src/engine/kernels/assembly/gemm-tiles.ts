// Register tiles: some rows by the 8 columns of a panel, accumulators in registers. One source for both types: T = f32
// takes one k per step, T = i32 two, as pairs of int16.
//
// The rows' pointers start at `q`, `pitch` bytes apart and for as many bytes; a tap has `bytes` bytes, at least 4.
// Rows that are not there repeat the last one.
import { putColumns, step } from "./gemm-lanes"

/** Up to 4 rows, 8 columns. */
export function tile4<T>(
  q: usize,
  pitch: usize,
  aOffset: usize,
  bytes: usize,
  b: usize,
  o: usize,
  stride: usize,
  rows: usize,
  columns: usize,
): void {
  const last = rows - 1
  const q1 = min(last, 1) * pitch
  const q2 = min(last, 2) * pitch
  const q3 = min(last, 3) * pitch
  const o1 = o + min(last, 1) * stride
  const o2 = o + min(last, 2) * stride
  const o3 = o + min(last, 3) * stride
  let low0 = i32x4.splat(0)
  let high0 = i32x4.splat(0)
  let low1 = i32x4.splat(0)
  let high1 = i32x4.splat(0)
  let low2 = i32x4.splat(0)
  let high2 = i32x4.splat(0)
  let low3 = i32x4.splat(0)
  let high3 = i32x4.splat(0)
  for (const end = q + pitch; q < end; q += 4) {
    let a0 = load<usize>(q) + aOffset
    let a1 = load<usize>(q + q1) + aOffset
    let a2 = load<usize>(q + q2) + aOffset
    let a3 = load<usize>(q + q3) + aOffset
    const stop = a0 + bytes
    do {
      const left = v128.load(b)
      const right = v128.load(b, 16)
      const x0 = v128.load32_splat(a0)
      low0 = step<T>(low0, x0, left)
      high0 = step<T>(high0, x0, right)
      const x1 = v128.load32_splat(a1)
      low1 = step<T>(low1, x1, left)
      high1 = step<T>(high1, x1, right)
      const x2 = v128.load32_splat(a2)
      low2 = step<T>(low2, x2, left)
      high2 = step<T>(high2, x2, right)
      const x3 = v128.load32_splat(a3)
      low3 = step<T>(low3, x3, left)
      high3 = step<T>(high3, x3, right)
      a0 += 4
      a1 += 4
      a2 += 4
      a3 += 4
      b += 32
    } while (a0 < stop)
  }
  putColumns(o, low0, high0, columns)
  putColumns(o1, low1, high1, columns)
  putColumns(o2, low2, high2, columns)
  putColumns(o3, low3, high3, columns)
}

/** Up to 6 rows, 8 columns. */
export function tile6<T>(
  q: usize,
  pitch: usize,
  aOffset: usize,
  bytes: usize,
  b: usize,
  o: usize,
  stride: usize,
  rows: usize,
  columns: usize,
): void {
  const last = rows - 1
  const q1 = min(last, 1) * pitch
  const q2 = min(last, 2) * pitch
  const q3 = min(last, 3) * pitch
  const q4 = min(last, 4) * pitch
  const q5 = min(last, 5) * pitch
  const o1 = o + min(last, 1) * stride
  const o2 = o + min(last, 2) * stride
  const o3 = o + min(last, 3) * stride
  const o4 = o + min(last, 4) * stride
  const o5 = o + min(last, 5) * stride
  let low0 = i32x4.splat(0)
  let high0 = i32x4.splat(0)
  let low1 = i32x4.splat(0)
  let high1 = i32x4.splat(0)
  let low2 = i32x4.splat(0)
  let high2 = i32x4.splat(0)
  let low3 = i32x4.splat(0)
  let high3 = i32x4.splat(0)
  let low4 = i32x4.splat(0)
  let high4 = i32x4.splat(0)
  let low5 = i32x4.splat(0)
  let high5 = i32x4.splat(0)
  for (const end = q + pitch; q < end; q += 4) {
    let a0 = load<usize>(q) + aOffset
    let a1 = load<usize>(q + q1) + aOffset
    let a2 = load<usize>(q + q2) + aOffset
    let a3 = load<usize>(q + q3) + aOffset
    let a4 = load<usize>(q + q4) + aOffset
    let a5 = load<usize>(q + q5) + aOffset
    const stop = a0 + bytes
    do {
      const left = v128.load(b)
      const right = v128.load(b, 16)
      const x0 = v128.load32_splat(a0)
      low0 = step<T>(low0, x0, left)
      high0 = step<T>(high0, x0, right)
      const x1 = v128.load32_splat(a1)
      low1 = step<T>(low1, x1, left)
      high1 = step<T>(high1, x1, right)
      const x2 = v128.load32_splat(a2)
      low2 = step<T>(low2, x2, left)
      high2 = step<T>(high2, x2, right)
      const x3 = v128.load32_splat(a3)
      low3 = step<T>(low3, x3, left)
      high3 = step<T>(high3, x3, right)
      const x4 = v128.load32_splat(a4)
      low4 = step<T>(low4, x4, left)
      high4 = step<T>(high4, x4, right)
      const x5 = v128.load32_splat(a5)
      low5 = step<T>(low5, x5, left)
      high5 = step<T>(high5, x5, right)
      a0 += 4
      a1 += 4
      a2 += 4
      a3 += 4
      a4 += 4
      a5 += 4
      b += 32
    } while (a0 < stop)
  }
  putColumns(o, low0, high0, columns)
  putColumns(o1, low1, high1, columns)
  putColumns(o2, low2, high2, columns)
  putColumns(o3, low3, high3, columns)
  putColumns(o4, low4, high4, columns)
  putColumns(o5, low5, high5, columns)
}
