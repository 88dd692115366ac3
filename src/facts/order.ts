import type { Entities, EntityName, Moment } from "./entities.ts"
import type { Position } from "./reader.ts"

type Path<R> = {
  [C in keyof R & string]: R[C] extends number ? C : R[C] extends Moment ? `${C}.block` : never
}[keyof R & string]

/** By which number the rows of a table are listed, the highest first. */
export const ORDER: { readonly [N in EntityName]: Path<Entities[N]> } = {
  provider: "registeredAt",
  key: "since.block",
  model: "since.block",
  service: "lastAt",
  batch: "since.block",
  receipt: "firstSeen.block",
  bond: "since.block",
  dispute: "since.block",
  reveal: "askedAt.block",
  conviction: "since.block",
  credit: "maturesAt",
  reputationPoint: "day",
  refusal: "since.block",
  event: "moment.block",
  counterparty: "times",
  fund: "since.block",
  offence: "since.block",
  hint: "block",
  registry: "pausedUntil",
}

/** Where a row stands in its table's order. */
export function positionOf<N extends EntityName>(name: N, row: Entities[N]): Position {
  const [column, part] = ORDER[name].split(".")
  const value = (row as unknown as Record<string, number | Moment>)[column]
  return { at: part === undefined ? (value as number) : (value as Moment).block, id: row.id }
}

/** Negative if `a` comes first. */
export const compare = (a: Position, b: Position): number =>
  b.at - a.at || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0)
