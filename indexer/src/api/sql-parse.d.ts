/** What Ponder does not export. */
declare module "*/ponder/dist/esm/utils/sql-parse.js" {
  /** @throws Error when the statement is not one that only reads, of the tables, by functions that are harmless. */
  export function validateAllowableSQLQuery(sql: string): Promise<void>
}
