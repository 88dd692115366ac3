import { Audits__factory } from "../../sdk/contracts.ts"
import type { TransactionManager } from "../../chain/transactions/manager.ts"
import { receiptId } from "../../protocol/receipt.ts"
import type { ChallengerConfig } from "../../service/config/challenger-config.ts"
import type { Log } from "../../service/log.ts"
import { Auditor } from "../audits/auditor.ts"
import type { Book, Known } from "../book.ts"
import type { Checker } from "../check.ts"
import { openContracts } from "../play/contracts.ts"
import type { Sources } from "../sources.ts"
import type { Foundation } from "./foundation.ts"

export interface AuditingParts {
  readonly book: Book
  readonly checker: Pick<Checker, "runOf">
  readonly sources: Pick<Sources, "list">
  readonly transactions: TransactionManager
  /** Address of the account that has the seats. */
  readonly account: string
  readonly log: Log
}

/** Opens what takes part in audits; undefined if the configuration names no contract. */
export async function openAuditor(
  { audits, chain: { fromBlock } }: Pick<ChallengerConfig, "audits" | "chain">,
  { chain, court, amounts }: Pick<Foundation, "chain" | "court" | "amounts">,
  { book, checker, sources, transactions, account, log }: AuditingParts,
): Promise<Auditor | undefined> {
  if (audits.contract === undefined) return undefined
  return new Auditor({
    chain,
    contracts: await openContracts(court),
    audits: Audits__factory.connect(audits.contract, court.onus.runner),
    me: account,
    receiptAt: (lockId, index) => receiptAt(book, sources, lockId, index),
    checker,
    transactions,
    draws: audits.draw,
    minFee: amounts.parse("audits.min_fee", audits.minFee),
    fromBlock,
    onMismatch: ({ id }) =>
      void book.want(id).catch((error: unknown) => log.warn({ error, id }, "It is not noted")),
    log,
  })
}

/** The receipt at a place of a batch; what was attested by itself is anchored under its own id. */
export async function receiptAt(
  book: Pick<Book, "find" | "findBatch">,
  sources: Pick<Sources, "list">,
  lockId: string,
  index: number,
): Promise<Known | undefined> {
  const batch = await book.findBatch(lockId)
  if (!batch) return withPlace(await book.find(lockId), undefined)
  const listed = await sources.list(batch)
  const found = listed.find(({ inclusion }) => inclusion?.index === BigInt(index))
  return (
    found &&
    withPlace(await book.find(receiptId(found.signed.registry, found.signed.receipt)), found.inclusion)
  )
}

/** An audit is about one place of a receipt, which may have others. */
const withPlace = (known: Known | undefined, inclusion: Known["inclusion"]): Known | undefined =>
  known && { ...known, inclusion }
