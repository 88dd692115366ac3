import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { OnusError } from "../../protocol/errors.ts"

/** Where the project lies. */
export const ROOT = fileURLToPath(new URL("../../..", import.meta.url))

/** How a chain in this process differs from the one that Hardhat makes by itself. */
export interface SimulatedChain {
  readonly blockGasLimit?: number | false
  readonly transactionGasCap?: bigint | false
  /** The time of its first block; the clock of this machine says it if it is left out. */
  readonly initialDate?: Date
}

/**
 * Hardhat without the project's plugins: it starts in a fraction of their time.
 *
 * @param hint What to do where it is not installed.
 * @throws OnusError `LocalChainMissing`.
 */
export async function openHardhat(chain: SimulatedChain, hint: string) {
  const { createHardhatRuntimeEnvironment } = await hardhat(hint)
  // Where there are artifacts, a chain reads all of them first, to explain what fails: that takes seconds.
  const paths = { artifacts: join(tmpdir(), "onus-no-artifacts") }
  const networks = { default: { type: "edr-simulated" as const, ...chain } }
  return createHardhatRuntimeEnvironment({ networks, paths }, {}, ROOT)
}

async function hardhat(hint: string) {
  try {
    return await import("hardhat/hre")
  } catch (cause) {
    throw new OnusError("LocalChainMissing", "Hardhat, which the local chain runs in, is not installed", {
      hint,
      cause,
    })
  }
}
