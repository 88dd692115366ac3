import { createAdam } from "./adam.ts"
import { drawDigit, SEEN_FONTS } from "./digits.ts"
import { Network } from "./network.ts"
import { createRandom } from "./random.ts"

/** How a training run is set up. */
export interface TrainingPlan {
  readonly seed: number
  /** Digits shown; each is drawn anew and shown once, so there is nothing to learn by heart. */
  readonly samples: number
  readonly batch: number
  /** Largest step; it rises over the first twentieth and falls to zero along a cosine. */
  readonly rate: number
  /** See {@link softmaxLoss}. */
  readonly smoothing: number
}

/** How far a run has come. */
export interface TrainingProgress {
  readonly samples: number
  /** Mean over the samples since the last report. */
  readonly loss: number
}

/** Trains a network. The same plan gives the same weights. */
export function fitNetwork(plan: TrainingPlan, report: (progress: TrainingProgress) => void): Network {
  const network = new Network(createRandom(plan.seed, "weights"))
  const step = createAdam(network.parameters)
  const random = createRandom(plan.seed, "training")
  const batches = Math.floor(plan.samples / plan.batch)
  const reportEvery = Math.max(1, Math.floor(batches / 20))
  let loss = 0

  for (let batch = 0; batch < batches; batch++) {
    for (let index = 0; index < plan.batch; index++) {
      const { pixels, label } = drawDigit(random, SEEN_FONTS)
      loss += network.learn(pixels, label, plan.smoothing)
    }
    step(plan.rate * schedule(batch / batches), plan.batch)
    if ((batch + 1) % reportEvery === 0) {
      report({ samples: (batch + 1) * plan.batch, loss: loss / (reportEvery * plan.batch) })
      loss = 0
    }
  }
  return network
}

/** From 0 to 1 and back while `done` goes from 0 to 1. */
function schedule(done: number): number {
  return Math.min(1, done * 20) * 0.5 * (1 + Math.cos(Math.PI * done))
}
