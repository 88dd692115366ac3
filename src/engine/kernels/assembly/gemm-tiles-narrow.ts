// A tile for the last columns of a matrix, if they are few: one vector of columns, but more rows (see gemm-tiles.ts).
import { putLanes, step } from "./gemm-lanes"

/** Up to 8 rows, the first 1 to 4 columns of a panel. */
export function tile8Narrow<T>(
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
  const q6 = min(last, 6) * pitch
  const q7 = min(last, 7) * pitch
  let acc0 = i32x4.splat(0)
  let acc1 = i32x4.splat(0)
  let acc2 = i32x4.splat(0)
  let acc3 = i32x4.splat(0)
  let acc4 = i32x4.splat(0)
  let acc5 = i32x4.splat(0)
  let acc6 = i32x4.splat(0)
  let acc7 = i32x4.splat(0)
  for (const end = q + pitch; q < end; q += 4) {
    let a0 = load<usize>(q) + aOffset
    let a1 = load<usize>(q + q1) + aOffset
    let a2 = load<usize>(q + q2) + aOffset
    let a3 = load<usize>(q + q3) + aOffset
    let a4 = load<usize>(q + q4) + aOffset
    let a5 = load<usize>(q + q5) + aOffset
    let a6 = load<usize>(q + q6) + aOffset
    let a7 = load<usize>(q + q7) + aOffset
    const stop = a0 + bytes
    do {
      const x = v128.load(b)
      acc0 = step<T>(acc0, v128.load32_splat(a0), x)
      acc1 = step<T>(acc1, v128.load32_splat(a1), x)
      acc2 = step<T>(acc2, v128.load32_splat(a2), x)
      acc3 = step<T>(acc3, v128.load32_splat(a3), x)
      acc4 = step<T>(acc4, v128.load32_splat(a4), x)
      acc5 = step<T>(acc5, v128.load32_splat(a5), x)
      acc6 = step<T>(acc6, v128.load32_splat(a6), x)
      acc7 = step<T>(acc7, v128.load32_splat(a7), x)
      a0 += 4
      a1 += 4
      a2 += 4
      a3 += 4
      a4 += 4
      a5 += 4
      a6 += 4
      a7 += 4
      b += 32
    } while (a0 < stop)
  }
  putLanes(o, acc0, columns)
  putLanes(o + min(last, 1) * stride, acc1, columns)
  putLanes(o + min(last, 2) * stride, acc2, columns)
  putLanes(o + min(last, 3) * stride, acc3, columns)
  putLanes(o + min(last, 4) * stride, acc4, columns)
  putLanes(o + min(last, 5) * stride, acc5, columns)
  putLanes(o + min(last, 6) * stride, acc6, columns)
  putLanes(o + min(last, 7) * stride, acc7, columns)
}
