import { index, onchainTable } from "ponder"
import type { ColumnKind, Kind } from "../src/facts/columns.ts"
import type { EntityName } from "../src/facts/entities.ts"
import { flatColumns } from "../src/facts/flat.ts"
import { tableName } from "./src/tables.ts"

type Types = Parameters<Extract<Parameters<typeof onchainTable>[1], (types: never) => unknown>>[0]

/** A table with the columns of an entity, which is searched by some of them. */
function table<N extends EntityName>(name: N, searched: readonly string[] = []) {
  return onchainTable(
    tableName(name),
    (types) =>
      Object.fromEntries(flatColumns(name).map(([column, kind]) => [column, builder(types, column, kind)])),
    (columns) =>
      Object.fromEntries(
        searched.map((column) => [
          `${name}_${column}`,
          index().on((columns as Record<string, never>)[column]),
        ]),
      ),
  )
}

function builder(types: Types, column: string, kind: Kind) {
  const plain = {
    amount: () => types.bigint(),
    integer: () => types.int8({ mode: "number" }),
    ratio: () => types.doublePrecision(),
    flag: () => types.boolean(),
    text: () => types.text(),
  }[kind.replace("?", "") as Exclude<ColumnKind, "moment">]()
  if (column === "id") return plain.primaryKey()
  return kind.endsWith("?") ? plain : plain.notNull()
}

export const provider = table("provider")
export const key = table("key", ["provider"])
export const model = table("model")
export const service = table("service", ["provider", "model"])
export const batch = table("batch", ["provider", "model"])
export const receipt = table("receipt", ["provider", "batch"])
export const bond = table("bond", ["provider", "receipt"])
export const dispute = table("dispute", ["provider", "model", "challenger", "state"])
export const reveal = table("reveal", ["dispute"])
export const conviction = table("conviction", ["receipt", "provider", "lock"])
export const credit = table("credit", ["conviction", "to", "state"])
export const reputationPoint = table("reputationPoint", ["provider"])
export const refusal = table("refusal", ["receipt", "provider"])
export const event = table("event", ["provider"])
export const counterparty = table("counterparty", ["provider"])
export const fund = table("fund", ["lock"])
export const offence = table("offence", ["provider"])
export const hint = table("hint")
export const registry = table("registry")
