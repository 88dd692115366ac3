import { EvidenceLane } from "../../pool/evidence.ts"
import type { Execution } from "../../engine/executor.ts"
import type { Program } from "../../engine/program/program.ts"
import type { Caps } from "./caps.ts"

/**
 * Runs a program in a thread of its own, which is started for it and ended after it: another instance of the kernels, other memory.
 * Every tensor is kept.
 *
 * @throws OnusError `PoolFailed`, `RunFailed`.
 */
export async function runAfresh(
  program: Program,
  inputs: Uint8Array,
  { runMs, loadMs }: Pick<Caps, "runMs" | "loadMs">,
): Promise<Execution> {
  const lane = new EvidenceLane(program, {
    workers: 1,
    threads: 1,
    queue: 1,
    hangsAfter: runMs,
    startsWithin: loadMs,
  })
  try {
    return await lane.run(inputs, true)
  } finally {
    await lane.close()
  }
}
