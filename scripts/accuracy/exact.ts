/** Functions in binary64 that JavaScript does not have, to about 15 digits. */

/** Ascending series; all terms have one sign. */
export function erf(x: number): number {
  const a = Math.abs(x)
  if (a > 6) return Math.sign(x)
  let [sum, term] = [0, a]
  for (let n = 0; term > sum * 1e-17; n++) {
    sum += term
    term *= (2 * a * a) / (2 * n + 3)
  }
  return Math.sign(x) * ((2 / Math.sqrt(Math.PI)) * Math.exp(-a * a) * sum)
}

/** 1 - erf(x) for x >= 0: the continued fraction of Laplace where it converges fast. */
export function erfc(x: number): number {
  if (x < 2) return 1 - erf(x)
  let fraction = 0
  for (let n = 120; n > 0; n--) fraction = n / 2 / (x + fraction)
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * (x + fraction))
}

/** x * P(x) with the distribution function of the normal distribution. */
export function gelu(x: number): number {
  return x < 0 ? (x * erfc(-x / Math.SQRT2)) / 2 : x - (x * erfc(x / Math.SQRT2)) / 2
}

/** The same with tanh instead of erf. */
export function geluTanh(x: number): number {
  return x / (1 + Math.exp(-2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))
}

export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
}

export function mish(x: number): number {
  const n = Math.exp(Math.min(x, 40)) * (Math.exp(Math.min(x, 40)) + 2)
  return (x * n) / (n + 2)
}

export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x))
}

export function silu(x: number): number {
  return x / (1 + Math.exp(-x))
}
