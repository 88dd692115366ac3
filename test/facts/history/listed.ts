import type { Answer, Page, PageWish } from "../../../src/facts/source.ts"

/** Everything of a list, page by page. */
export async function listed<T>(
  ask: (wish: PageWish) => Promise<Answer<Page<T>>>,
  limit = 100,
): Promise<readonly T[]> {
  const items: T[] = []
  let cursor: string | undefined
  do {
    const { data } = await ask(cursor === undefined ? { limit } : { limit, cursor })
    items.push(...data.items)
    cursor = data.cursor
  } while (cursor !== undefined)
  return items
}
