import { OnusError } from "../../protocol/errors.ts"
import { standardDomain } from "./decode-node.ts"
import { malformed, quote } from "./errors.ts"
import type { OnnxNode } from "./graph.ts"
import { toBigInt, type ModelMessage, type OpsetMessage } from "./message.ts"

/** Versions of the standard operator set that are read. */
const OPSETS = { first: 7, last: 28 } as const

/** Versions of the file format: since 3 files say their operator sets. */
const IR_VERSIONS = { first: 3, last: 13 } as const

/**
 * Operators of set 1 that no set up to 7 defines anew (`onnx/defs/operator_sets.h` of the ONNX project), so
 * that a model of these alone may come from an earlier set than the rest.
 */
const SINCE_FIRST = new Set([
  ..."ArgMax ArgMin Constant Conv ConvTranspose DepthToSpace Flatten Gather".split(" "),
  ..."GlobalAveragePool GlobalMaxPool Identity LRN LogSoftmax MatMul MaxPool Not".split(" "),
  ..."ReduceL2 ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare".split(" "),
  ..."Shape Size Slice Softmax Softplus SpaceToDepth Squeeze TopK Transpose Unsqueeze".split(" "),
])

/**
 * The version of the standard operator set that a model uses.
 *
 * @throws {OnusError} OnnxVersionUnsupported, OnnxOpsetUnsupported, OnnxMalformed.
 */
export function standardOpset({ irVersion, opsetImport }: ModelMessage): number {
  const format = toBigInt(irVersion)
  if (format < IR_VERSIONS.first || format > IR_VERSIONS.last) {
    throw new OnusError(
      "OnnxVersionUnsupported",
      `The file has the format version ${format}, supported are ${IR_VERSIONS.first} to ${IR_VERSIONS.last}`,
      { hint: "Export the model again with a current version of ONNX" },
    )
  }
  const versions = standardVersions(opsetImport)
  if (versions.length !== 1) {
    throw malformed(`The model imports the standard operator set ${versions.length} times instead of once`)
  }
  const [version] = versions
  if (version < 1 || version > OPSETS.last) throw unsupported(`The model uses opset ${version}`)
  return Number(version)
}

/** @throws {OnusError} OnnxOpsetUnsupported for an operator that means something else than in opset 7. */
export function requireKnownOperators(opset: number, nodes: readonly OnnxNode[]): void {
  if (opset >= OPSETS.first) return
  const node = nodes.find(({ domain, opType }) => domain === "" && !SINCE_FIRST.has(opType))
  if (node === undefined) return
  throw unsupported(`Node ${quote(node.name)} is a ${quote(node.opType)} of opset ${opset}`)
}

/** @throws {OnusError} OnnxOpsetUnsupported if a function uses another set than its model. */
export function requireSameOpset(imports: readonly OpsetMessage[], opset: number, where: string): void {
  for (const version of standardVersions(imports)) {
    if (version === BigInt(opset)) continue
    throw new OnusError("OnnxOpsetUnsupported", `The ${where} uses opset ${version}, its model ${opset}`, {
      hint: "Inline it: onnx.inliner.inline_local_functions(model, convert_version=True)",
    })
  }
}

function standardVersions(imports: readonly OpsetMessage[]): bigint[] {
  return imports.filter(({ domain }) => standardDomain(domain) === "").map(({ version }) => toBigInt(version))
}

function unsupported(what: string): OnusError {
  return new OnusError("OnnxOpsetUnsupported", `${what}, supported are ${OPSETS.first} to ${OPSETS.last}`, {
    hint: "Convert the model with onnx.version_converter",
  })
}
