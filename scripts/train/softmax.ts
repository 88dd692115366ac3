/** Turns scores into probabilities. */
export function softmax(logits: Float32Array): Float32Array {
  const top = Math.max(...logits)
  const powers = logits.map((logit) => Math.exp(logit - top))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}

/**
 * Cross entropy against a target that gives `smoothing` to all classes together and the rest to the label,
 * so that the network is not rewarded for boundless certainty (Szegedy et al. 2016).
 *
 * Writes the gradient of the scores and returns the loss.
 */
export function softmaxLoss(
  logits: Float32Array,
  label: number,
  smoothing: number,
  gradient: Float32Array,
): number {
  const probabilities = softmax(logits)
  let loss = 0
  for (let at = 0; at < logits.length; at++) {
    const target = smoothing / logits.length + (at === label ? 1 - smoothing : 0)
    loss -= target * Math.log(Math.max(probabilities[at], 1e-12))
    gradient[at] = probabilities[at] - target
  }
  return loss
}
