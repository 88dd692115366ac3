import { DatabaseError } from "pg"
import { isOnusError } from "../../protocol/errors.ts"
import { databaseConflict, databaseFull, databaseMalformed, databaseUnavailable } from "../errors.ts"

/** SQLSTATE codes, or the two digits of their class. */
const FULL = ["53100", "53200"]
const DAMAGED = ["XX001", "XX002"]
const CONSTRAINT = ["23"]
/** Connections refused, too many of them, a server that stops, a user or a database that does not exist. */
const OUTSIDE = ["08", "28", "3D", "53", "57", "58"]
/** Two transactions in each other's way: one of them is to try again. */
const AGAIN = ["40001", "40P01", "55P03"]

const isOneOf = (error: unknown, codes: readonly string[]): boolean =>
  error instanceof DatabaseError && codes.some((code) => error.code?.startsWith(code))

export const isRetriable = (error: unknown): boolean => isOneOf(error, AGAIN)

/** Turns what the server and the network say into an error of ours; a wrong statement stays what it is. */
export function explain(where: string, error: unknown): unknown {
  if (isOnusError(error)) return error
  if (isOneOf(error, FULL)) return databaseFull(where, error)
  if (isOneOf(error, DAMAGED)) return databaseMalformed(where, (error as Error).message, error)
  // Creating a table that another replica creates at the same moment is a conflict as well.
  if (isOneOf(error, [...CONSTRAINT, "42P07"])) return databaseConflict(error)
  if (isOneOf(error, [...OUTSIDE, ...AGAIN]) || !(error instanceof DatabaseError))
    return databaseUnavailable(where, error)
  return error
}
