// Remainder of the truncating division of float32, which is exact.

/** Lane by lane; see float-lanes.ts for the parameters. */
export function remainders(a: usize, stepA: usize, b: usize, stepB: usize, dst: usize, bytes: usize): void {
  for (const end = dst + bytes; dst < end; dst += 16) {
    for (let i: usize = 0; i < 16; i += 4) store<f32>(dst + i, remainder(load<f32>(a + i), load<f32>(b + i)))
    a += stepA
    b += stepB
  }
}

/** Quotients below this, times 24 bits of a divisor, are exact in binary64. */
const LIMIT: f64 = 536870912 // 2^29

/** Longer quotients are taken off in pieces: multiples of y by powers of two. */
function remainder(x: f32, y: f32): f32 {
  let rest = <f64>abs(x)
  const by = <f64>abs(y)
  if (!(by > 0) || !(rest < Infinity)) return NaN
  if (by < Infinity) {
    while (rest >= by * LIMIT) {
      let piece = by
      while (piece * LIMIT <= rest) piece *= LIMIT / 2
      rest = reduce(rest, piece)
    }
    rest = reduce(rest, by)
  }
  return copysign<f32>(<f32>rest, x)
}

/**
 * rest modulo by. Both are multiples of the last place of `by`, and so is the difference, which is smaller: it is
 * exact. The quotient may have been rounded up to an integer; then it was one too many.
 */
function reduce(rest: f64, by: f64): f64 {
  const left = rest - trunc(rest / by) * by
  return left < 0 ? left + by : left
}
