/**
 * `onus/engine`: runs an answer again, bit for bit, where nothing but JavaScript is: reads an ONNX file, and interprets it. What serves
 * requests has a faster one.
 */
export { bindInputs, Execution, type Executor, type Inputs, type Values } from "./executor.ts"
export { type LoadOptions, loadOnnx } from "./onnx/load.ts"
export { lower } from "./program/lower.ts"
export type { Program } from "./program/program.ts"
export { interpreter } from "./reference/interpreter.ts"
export { commit, type Commitment, inputCommitment } from "./trace/commitment.ts"
