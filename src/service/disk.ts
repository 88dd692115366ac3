import { statfs } from "node:fs/promises"
import type { Problem } from "./readiness.ts"

/** Room on a disk. */
export interface DiskSpace {
  /** Bytes that this user may still write. */
  readonly free: number
  /** The part that is used: 0 to 1. */
  readonly used: number
}

const NEARLY_FULL = 0.9

/** The room on the disk that holds a path. */
export async function diskSpace(path: string): Promise<DiskSpace> {
  const { bavail, bfree, blocks, bsize } = await statfs(path)
  const mine = blocks - bfree + bavail
  return { free: bavail * bsize, used: mine === 0 ? 1 : 1 - bavail / mine }
}

/** Whether operators should be told. */
export const isNearlyFull = ({ used }: DiskSpace): boolean => used >= NEARLY_FULL

/**
 * What keeps new work away, if anything does.
 *
 * @param least bytes.
 */
export function diskProblem({ free }: DiskSpace, least: number): Omit<Problem, "check"> | undefined {
  if (free >= least) return undefined
  const mebibytes = (bytes: number) => `${Math.floor(bytes / 2 ** 20)} MiB`
  const message = `The disk has ${mebibytes(free)} left; new work needs ${mebibytes(least)}`
  return { code: "DiskNearlyFull", message }
}
