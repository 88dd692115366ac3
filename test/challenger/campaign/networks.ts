import { createHash } from "node:crypto"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Inputs } from "../../../src/engine/executor.ts"
import { valuesOf } from "../../../src/engine/executor.ts"
import { loadOnnx } from "../../../src/engine/onnx/load.ts"
import { saveOnnx } from "../../../src/engine/onnx/save.ts"
import { lower } from "../../../src/engine/program/lower.ts"
import type { Program } from "../../../src/engine/program/program.ts"
import { findUnprovable } from "../../../src/engine/program/provable.ts"
import { ElementType, Space, widthOf } from "../../../src/protocol/program.ts"
import type { ServedModel } from "../../../src/provider/serve/model.ts"
import { between } from "../../engine/program/words.ts"
import { LAYERS } from "../../engine/operators/differential/layers/layers.ts"
import { drawNetwork } from "../../engine/operators/differential/networks.ts"
import type { Random } from "../../referee/float32-cases.ts"

/** A random network as an ONNX file that its provider publishes. */
export function randomModel(random: Random, name: string, folder: string): ServedModel {
  for (;;) {
    const bytes = saveOnnx(drawNetwork("campaign", between(random, 0, 999_999), LAYERS).graph)
    const program = lower(loadOnnx(bytes))
    if (!hasRoom(program)) continue
    const path = join(folder, `${name}.onnx`)
    writeFileSync(path, bytes)
    const sha256 = `0x${createHash("sha256").update(bytes).digest("hex")}`
    return { name, program, trace: "eager", file: { path, sha256, bytes: bytes.length } }
  }
}

/** Whether there is something inside that could be lied about, and all of it could be proven. */
const hasRoom = (program: Program): boolean =>
  program.steps.some(({ output }) => output.space === Space.Trace && output.length > 0) &&
  program.steps.some(({ output }) => output.space === Space.Output && output.length > 0) &&
  findUnprovable(program) === undefined

/** Inputs for a network: numbers from -2 to 2. */
export function randomInputs(random: Random, { inputs }: Program): Inputs {
  return Object.fromEntries(
    inputs.map(({ name, tensor: { type, length } }) => {
      const values = valuesOf(type, new Uint8Array(length * widthOf(type)))
      const number = () =>
        type === ElementType.Float32 ? between(random, -2000, 2000) / 1000 : between(random, 0, 1)
      for (let i = 0; i < length; i++) {
        if (values instanceof BigInt64Array) values[i] = BigInt(number())
        else values[i] = number()
      }
      return [name, values]
    }),
  )
}
