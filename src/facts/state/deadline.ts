import type { AsOf } from "../source.ts"

/** A time on the registry's clock in Unix seconds, unless disputes are stopped before; when it was, if it is past. */
export const unixOf = (due: number, { time, clock }: Pick<AsOf, "time" | "clock">): number =>
  due + time - clock

/** What ends with a time on the registry's clock and a block, both. */
export interface Limit {
  readonly until: number
  readonly untilBlock: number
}

/** Whether a limit is not over yet: as the contracts do, its own second counts as before. */
export const isBefore = ({ until, untilBlock }: Limit, { clock, block }: Pick<AsOf, "clock" | "block">) =>
  clock <= until || block < untilBlock
