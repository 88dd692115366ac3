import type { Database } from "../../store/database.ts"
import { migrate } from "../../store/migrate.ts"

const STEPS = [
  [
    // What a case is won by, whether its provider still serves it or not.
    `CREATE TABLE play_files (
      case_id TEXT NOT NULL, name TEXT NOT NULL, content {bytes} NOT NULL, PRIMARY KEY (case_id, name))`,
    // Wei that was left on-chain, or is about to be: one bond for each question.
    `CREATE TABLE play_bonds (
      id TEXT PRIMARY KEY, case_id TEXT NOT NULL, receipt_id TEXT NOT NULL, question_id TEXT, intent TEXT NOT NULL,
      amount TEXT NOT NULL, since {int} NOT NULL, state TEXT NOT NULL)`,
    "CREATE INDEX play_bonds_by_case ON play_bonds (case_id)",
    "CREATE INDEX play_bonds_by_time ON play_bonds (since)",
  ],
]

/** Makes the tables that a player keeps its obligations in. */
export const openTables = (database: Database): Promise<void> => migrate(database, "play", STEPS)
