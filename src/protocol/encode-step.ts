import { AbiCoder, ParamType, getBytes } from "ethers"
import type { Step, Tensor } from "./program.ts"

const TENSOR = "tuple(uint8 space, uint8 elementType, uint32 id, uint32 firstLeaf, uint32 length)"
const GUARD = "tuple(int64[] coefficients, int64 offset, int64 size)"
const LOOKUP = "tuple(uint32 operand, int64 stride, int64 size)"
const ACCESS = `tuple(${TENSOR} tensor, int64 base, int64[] strides, ${GUARD}[] guards, ${LOOKUP}[] lookups)`
const INSTRUCTION = "tuple(uint8 op, uint8 elementType, uint16 a, uint16 b, uint16 c, uint64 value)"
const STEP = ParamType.from(
  `tuple(${TENSOR} output, uint32[] domain, uint32[] reduction, uint8 body, uint8 mode, ${ACCESS}[] operands, ${INSTRUCTION}[] epilogue)`,
)

const encodable = (tensor: Tensor) => ({ ...tensor, elementType: tensor.type })

/** The bytes of a descriptor: `abi.encode(Step)`. */
export function encodeStep(step: Step): Uint8Array {
  const encoded = {
    ...step,
    output: encodable(step.output),
    operands: step.operands.map((access) => ({ ...access, tensor: encodable(access.tensor) })),
    epilogue: step.epilogue.map((instruction) => ({ ...instruction, elementType: instruction.type })),
  }
  return getBytes(AbiCoder.defaultAbiCoder().encode([STEP], [encoded]))
}
