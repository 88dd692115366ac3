import type { OnnxTensor } from "../../../../../src/engine/onnx/graph.ts"
import {
  between,
  float,
  floats,
  floatsIn,
  int,
  list,
  listOf,
  onceIn,
  pick,
  some,
  string,
  strings,
  type Random,
  version,
} from "../draw.ts"
import { ACTIVATION_NAMES, takesAlpha, takesBeta } from "../reference/recurrent.ts"
import type { Attributes, MakeSpec, Makers } from "../spec.ts"

const tame = (random: Random, dims: readonly number[]) => floatsIn(random, dims, -1, 1)

const maybe = (random: Random, make: () => OnnxTensor) => (onceIn(random, 2) ? make() : undefined)

/** Activations with all of their parameters. */
function activations(random: Random, count: number): Attributes {
  if (onceIn(random, 2)) return {}
  const names = listOf(count, () => pick(random, ACTIVATION_NAMES))
  const numbers = (takes: (name: string) => boolean) =>
    names.filter(takes).map(() => between(random, 1, 12) / 8)
  const [alpha, beta] = [numbers(takesAlpha), numbers(takesBeta)]
  return {
    activations: strings(names),
    ...(alpha.length > 0 ? { activation_alpha: floats(alpha) } : {}),
    ...(beta.length > 0 ? { activation_beta: floats(beta) } : {}),
  }
}

/** A recurrent layer; how many functions it has for each direction. */
const recurrent =
  (gates: number, functions: number, extra: (random: Random) => Attributes = () => ({})): MakeSpec =>
  (random) => {
    const direction = pick(random, ["forward", "reverse", "bidirectional"])
    const directions = direction === "bidirectional" ? 2 : 1
    const opset = version(random, [7, 14, 22])
    const isBatchFirst = opset >= 14 && onceIn(random, 3)
    const [times, batch, inputs, size] = [
      between(random, 1, 4),
      between(random, 1, 3),
      between(random, 1, 4),
      between(random, 1, 4),
    ]
    const state = () => tame(random, isBatchFirst ? [batch, directions, size] : [directions, batch, size])
    const isLstm = gates === 4
    const count = onceIn(random, 3) ? between(random, 1, 2 + Number(isLstm)) : 2 + Number(isLstm)
    return {
      opset,
      outputs: count,
      omitted: count > 1 && onceIn(random, 4) ? [random() % (count - 1)] : [],
      inputs: [
        tame(random, isBatchFirst ? [batch, times, inputs] : [times, batch, inputs]),
        tame(random, [directions, gates * size, inputs]),
        tame(random, [directions, gates * size, size]),
        maybe(random, () => tame(random, [directions, 2 * gates * size])),
        maybe(random, () =>
          list(
            listOf(batch, () => between(random, 1, times)),
            "int32",
          ),
        ),
        maybe(random, state),
        ...(isLstm ? [maybe(random, state), maybe(random, () => tame(random, [directions, 3 * size]))] : []),
      ],
      attributes: {
        hidden_size: int(size),
        ...(direction === "forward" ? {} : { direction: string(direction) }),
        ...(isBatchFirst ? { layout: int(1) } : {}),
        ...activations(random, functions * directions),
        ...(onceIn(random, 4) ? { clip: float(between(random, 1, 8) / 8) } : {}),
        ...extra(random),
      },
      absolute: 1e-5,
    }
  }

const flag = (name: string) => (random: Random) => some(random, { [name]: int(random() % 2) })

/** Recurrent layers. */
export const RECURRENT_MAKERS: Makers = {
  GRU: recurrent(3, 2, flag("linear_before_reset")),
  LSTM: recurrent(4, 3, flag("input_forget")),
  RNN: recurrent(1, 1),
}
