// Tiles of one and two rows of float32. So few rows make too few sums to hide the latency of adding behind, so they
// take several whole panels, `panel` bytes apart, at once (see gemm-tiles.ts).
import { step } from "./gemm-lanes"

/** One row, four panels. */
export function tile1x4(
  q: usize,
  pitch: usize,
  aOffset: usize,
  bytes: usize,
  b: usize,
  panel: usize,
  o: usize,
): void {
  let low0 = f32x4.splat(0)
  let high0 = f32x4.splat(0)
  let low1 = f32x4.splat(0)
  let high1 = f32x4.splat(0)
  let low2 = f32x4.splat(0)
  let high2 = f32x4.splat(0)
  let low3 = f32x4.splat(0)
  let high3 = f32x4.splat(0)
  let b1 = b + panel
  let b2 = b1 + panel
  let b3 = b2 + panel
  for (const end = q + pitch; q < end; q += 4) {
    let a = load<usize>(q) + aOffset
    const stop = a + bytes
    do {
      const x = v128.load32_splat(a)
      low0 = step<f32>(low0, x, v128.load(b))
      high0 = step<f32>(high0, x, v128.load(b, 16))
      low1 = step<f32>(low1, x, v128.load(b1))
      high1 = step<f32>(high1, x, v128.load(b1, 16))
      low2 = step<f32>(low2, x, v128.load(b2))
      high2 = step<f32>(high2, x, v128.load(b2, 16))
      low3 = step<f32>(low3, x, v128.load(b3))
      high3 = step<f32>(high3, x, v128.load(b3, 16))
      a += 4
      b += 32
      b1 += 32
      b2 += 32
      b3 += 32
    } while (a < stop)
  }
  v128.store(o, low0, 0)
  v128.store(o, high0, 16)
  v128.store(o, low1, 32)
  v128.store(o, high1, 48)
  v128.store(o, low2, 64)
  v128.store(o, high2, 80)
  v128.store(o, low3, 96)
  v128.store(o, high3, 112)
}

/** Two rows, two panels. */
export function tile2x2(
  q: usize,
  pitch: usize,
  aOffset: usize,
  bytes: usize,
  b: usize,
  panel: usize,
  o: usize,
  stride: usize,
): void {
  let low00 = f32x4.splat(0)
  let low01 = f32x4.splat(0)
  let low10 = f32x4.splat(0)
  let low11 = f32x4.splat(0)
  let high00 = f32x4.splat(0)
  let high01 = f32x4.splat(0)
  let high10 = f32x4.splat(0)
  let high11 = f32x4.splat(0)
  let b1 = b + panel
  for (const end = q + pitch; q < end; q += 4) {
    let a0 = load<usize>(q) + aOffset
    let a1 = load<usize>(q + pitch) + aOffset
    const stop = a0 + bytes
    do {
      const x0 = v128.load32_splat(a0)
      const x1 = v128.load32_splat(a1)
      const low0 = v128.load(b)
      low00 = step<f32>(low00, x0, low0)
      low01 = step<f32>(low01, x1, low0)
      const high0 = v128.load(b, 16)
      high00 = step<f32>(high00, x0, high0)
      high01 = step<f32>(high01, x1, high0)
      const low1 = v128.load(b1)
      low10 = step<f32>(low10, x0, low1)
      low11 = step<f32>(low11, x1, low1)
      const high1 = v128.load(b1, 16)
      high10 = step<f32>(high10, x0, high1)
      high11 = step<f32>(high11, x1, high1)
      a0 += 4
      a1 += 4
      b += 32
      b1 += 32
    } while (a0 < stop)
  }
  v128.store(o, low00, 0)
  v128.store(o, high00, 16)
  v128.store(o, low10, 32)
  v128.store(o, high10, 48)
  o += stride
  v128.store(o, low01, 0)
  v128.store(o, high01, 16)
  v128.store(o, low11, 32)
  v128.store(o, high11, 48)
}
