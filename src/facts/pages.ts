import type { Answer, Page, PageWish } from "./source.ts"

/** Items of a page while all are gone through. */
const PAGE = 200

/**
 * Goes through a list page by page, as far as its reader goes.
 *
 * @param read One page: what it is asked for must not change meanwhile.
 * @example
 * for await (const provider of everyItem((page) => facts.providers({ ...page, status: "active" }))) show(provider)
 */
export async function* everyItem<T>(
  read: (page: PageWish) => Promise<Answer<Page<T>>>,
): AsyncGenerator<T, void, void> {
  let cursor: string | undefined
  do {
    const { data } = await read({ limit: PAGE, ...(cursor === undefined ? {} : { cursor }) })
    yield* data.items
    cursor = data.cursor
  } while (cursor !== undefined)
}
