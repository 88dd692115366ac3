import { expect } from "chai"
import { hexlify } from "ethers"
import { Execution } from "../../../src/engine/executor.ts"
import { interpret } from "../../../src/engine/reference/interpreter.ts"
import { commit, inputCommitment, tensorsOf } from "../../../src/engine/trace/commitment.ts"
import { Space, type Tensor } from "../../../src/protocol/program.ts"
import { chunksOf, leafDigest, nodeDigest } from "../../../src/protocol/tensor-tree.ts"
import { treeOf } from "../../../src/protocol/tree-builder.ts"
import { expectRefusal } from "../onnx/models.ts"
import { manyTensors, randomInputs } from "./shared-run.ts"

/** A run that notes which spaces are read. */
class WatchedExecution extends Execution {
  readonly read = new Set<Space>()

  override bytes(tensor: Tensor): Uint8Array {
    this.read.add(tensor.space)
    return super.bytes(tensor)
  }
}

describe("a commitment", () => {
  const program = manyTensors()
  const inputs = randomInputs(program, 5)
  const run = interpret(program, inputs)

  it("has the roots of the trees of all chunks", () => {
    const root = (space: Space) => {
      const tensors = tensorsOf(program, space)
      return hexlify(treeOf(tensors.flatMap((tensor) => chunksOf(space, tensor.id, run.bytes(tensor)))).root)
    }
    const { inputRoot, traceRoot, outputRoot } = commit(run)
    expect([inputRoot, traceRoot, outputRoot]).to.deep.equal(
      [Space.Input, Space.Trace, Space.Output].map(root),
    )
    expect(inputCommitment(program, inputs)).to.equal(inputRoot)
    expect(program.header.weightsRoot).to.equal(root(Space.Weights))
  })

  it("opens every chunk of every tensor", () => {
    const commitment = commit(run)
    const roots = [
      commitment.inputRoot,
      program.header.weightsRoot,
      commitment.traceRoot,
      commitment.outputRoot,
    ]
    for (const space of Object.values(Space)) {
      for (const tensor of tensorsOf(program, space)) {
        for (const { chunk, data } of chunksOf(space, tensor.id, run.bytes(tensor))) {
          const opening = commitment.open(tensor, chunk)
          expect(opening.data).to.deep.equal(data.slice())
          let digest = leafDigest({ kind: space, tensorId: tensor.id, chunk, data })
          opening.path.forEach((sibling, level) => {
            const isLeft = ((tensor.firstLeaf + chunk) >> level) % 2 === 0
            digest = isLeft ? nodeDigest(digest, sibling) : nodeDigest(sibling, digest)
          })
          expect(hexlify(digest)).to.equal(roots[space])
        }
        const { length } = chunksOf(space, tensor.id, run.bytes(tensor))
        for (const chunk of [-1, length, 0.5, NaN])
          expectRefusal(() => commitment.open(tensor, chunk), "LeafOutOfRange", `${chunk}`)
      }
    }
  })

  it("hashes a space when it is first asked for", () => {
    const tensors = Object.values(Space).map((space) =>
      tensorsOf(program, space).map((tensor) => run.bytes(tensor)),
    )
    const watched = new WatchedExecution(program, tensors as never)
    const commitment = commit(watched)
    expect([...watched.read]).to.deep.equal([])
    expect(commitment.outputRoot).to.equal(commit(run).outputRoot)
    expect([...watched.read]).to.deep.equal([Space.Output])
    commitment.open(program.inputs[0].tensor, 0)
    expect([...watched.read]).to.deep.equal([Space.Output, Space.Input])
  })
})
