import { existsSync } from "node:fs"
import { OnusError } from "../../protocol/errors.ts"
import type { ChallengerConfig } from "../../service/config/challenger-config.ts"
import { openDatabase } from "../../store/open.ts"
import { type Book, caseId } from "../book.ts"
import { openBook } from "../book/open.ts"

/**
 * Reads the book of a challenger, which may be running.
 *
 * @throws OnusError `BookMissing`; those of databases and of `openBook`.
 */
export async function readingBook<T>(
  { book, chain }: Pick<ChallengerConfig, "book" | "chain">,
  read: (book: Book) => Promise<T>,
): Promise<T> {
  const file = /^sqlite:(.+)$/s.exec(book.url)?.[1]
  if (file !== undefined && !existsSync(file)) {
    throw new OnusError("BookMissing", `There is no book at ${file}`, {
      hint: "A challenger makes it when it starts: start one, or name its configuration with --config",
    })
  }
  const database = await openDatabase(book.url)
  try {
    return await read(await openBook(database, { chainId: chain.chainId, address: chain.registry }))
  } finally {
    await database.close()
  }
}

/** Everything that a book knows of one answer. */
export async function aboutReceipt(book: Book, id: string) {
  const [known, rivals, ...cases] = await Promise.all([
    book.find(id),
    book.rivals(id),
    ...(["execution", "equivocation", "omission"] as const).map((accusation) =>
      book.findCase(caseId(accusation, id)),
    ),
  ])
  return { known, rivals, cases: cases.filter((one) => one !== undefined) }
}
