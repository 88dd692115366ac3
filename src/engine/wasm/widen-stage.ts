import { ElementType, type Tensor } from "../../protocol/program.ts"
import { Buffer } from "./buffer.ts"
import { WIDEN_I8 } from "./codes.ts"
import type { DotOperand } from "./dot-shape.ts"
import type { Stage } from "./stage.ts"
import { writePlan } from "./step-plan.ts"
import { Temporary } from "./temporary.ts"
import { unitsOf } from "./units.ts"

/** Bytes of an element of a left operand of 8 bits as its kernels read it. */
export const WIDE = 2

/** Widens a tensor of 8 bits, less its zero point, to 16 bits. */
export function widenStage(tensor: Tensor, zero: DotOperand): { stage: Stage; buffer: Buffer } {
  const buffer = new Buffer((tensor.length + 1) * WIDE)
  const stage: Stage = {
    reads: [...(tensor instanceof Temporary ? [] : [tensor]), zero.access.tensor],
    temporaries: [buffer],
    write: (writing) =>
      writePlan(writing, {
        ...unitsOf(tensor.length, 1),
        kind: WIDEN_I8,
        output: buffer.address,
        first: writing.addressOf(tensor),
        spare: writing.addressOf(zero.access.tensor) + zero.affine.base,
        mode: Number(tensor.type === ElementType.Int8),
      }),
  }
  return { stage, buffer }
}
