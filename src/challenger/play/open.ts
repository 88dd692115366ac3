import type { Chain } from "../../chain/provider.ts"
import type { Transactions } from "../../chain/transactions/transactions.ts"
import type { Client } from "../../sdk/client.ts"
import { amountsOf } from "../../sdk/amounts.ts"
import { call } from "../../sdk/errors.ts"
import type { Alerts } from "../../service/alerts.ts"
import type { Log } from "../../service/log.ts"
import type { Database } from "../../store/database.ts"
import type { Book } from "../book.ts"
import type { Checker } from "../check.ts"
import type { SpendPolicy } from "../value/policy.ts"
import { Bonds } from "./bonds.ts"
import { openContracts } from "./contracts.ts"
import { EquivocationGame } from "./equivocation/game.ts"
import { ExecutionEvidence, Opinions } from "./execution/evidence.ts"
import { ExecutionGame } from "./execution/game.ts"
import { CaseFiles } from "./files.ts"
import { OmissionGame } from "./omission/game.ts"
import { CasePlayer } from "./player.ts"
import { Positions } from "./positions.ts"
import { Responder } from "./responder.ts"
import { Salts } from "./salts.ts"
import { Spoils } from "./spoils.ts"
import { openTables } from "./tables.ts"

export interface PlayOptions {
  readonly database: Database
  readonly chain: Chain
  readonly client: Client
  readonly book: Book
  readonly checker: Pick<Checker, "check" | "runOf" | "programOf">
  readonly transactions: Transactions
  /** The account that the transactions are sent from. */
  readonly account: string
  readonly policy: SpendPolicy
  /** The first block that the registry can have events in. */
  readonly fromBlock: number
  /** Says what it would do, and sends nothing. */
  readonly isDry: boolean
  readonly log: Log
  readonly alerts: Alerts
}

/** A player with what the rest of the program needs of it. */
export interface Play {
  readonly player: CasePlayer
  /** To be asked instead of the checker: then nothing is run twice between the check and the first move. */
  readonly opinions: Opinions
  /** Inputs of accused receipts, for whoever runs them again when nobody serves them any more. */
  readonly files: CaseFiles
  readonly bonds: Bonds
  /** Ids of models, in lower case, without which open cases cannot be gone on with. */
  neededModels(): Promise<ReadonlySet<string>>
}

/** Cases whose models are kept whatever happens. */
const MOST_CASES = 1_000

/** Opens what sees cases through. */
export async function openPlay(options: PlayOptions): Promise<Play> {
  const { database, chain, client, book, checker, transactions, account: me, policy, log, alerts } = options
  await openTables(database)
  const contracts = await openContracts(client)
  const [salts, bonds, files] = [await Salts.open(database), new Bonds(database), new CaseFiles(database)]
  const opinions = new Opinions(checker)
  const evidence = new ExecutionEvidence(checker, opinions, files)
  const positions = new Positions(chain, contracts)
  const { fromBlock, isDry } = options
  const games = {
    execution: new ExecutionGame({ contracts, me, book, positions, evidence, salts, bonds, fromBlock }),
    equivocation: new EquivocationGame({ contracts, me, book }),
    omission: new OmissionGame({ contracts, me, book }),
  }
  const amounts = await amountsOf(client)
  const unit = 10n ** (await call(client.token.decimals()))
  const token = { unit, show: (units: bigint) => amounts.show(units) }
  const player = new CasePlayer({
    book,
    node: chain,
    contracts,
    games,
    responder: new Responder({ transactions, bonds, policy, isDry, log, alerts }),
    spoils: new Spoils({ contracts, me, bonds, transactions, paysConsumers: policy.paysConsumers }),
    bonds,
    files,
    policy,
    token,
    isDry,
    log,
    alerts,
  })
  return { player, opinions, files, bonds, neededModels: () => modelsOf(book) }
}

async function modelsOf(book: Pick<Book, "cases" | "find">): Promise<ReadonlySet<string>> {
  const accused = await Promise.all(
    (await book.cases("open", MOST_CASES)).map(({ receiptId }) => book.find(receiptId)),
  )
  return new Set(accused.flatMap((known) => known?.signed.receipt.modelId.toLowerCase() ?? []))
}
