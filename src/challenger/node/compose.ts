import type { Compose } from "../challenger.ts"
import type { ChallengerConfig } from "../../service/config/challenger-config.ts"
import type { Book } from "../book.ts"
import { openBook } from "../book/open.ts"
import { loadSecret } from "../book/secret.ts"
import { openChecker } from "../check/open.ts"
import { HandedIn } from "../inbox/handed-in.ts"
import { preparing } from "../inbox/prepare.ts"
import { type Play, openPlay } from "../play/open.ts"
import { RegistryDesk } from "../registry.ts"
import { type Chooser, chooser } from "../schedule/choose.ts"
import { Scheduler } from "../schedule/scheduler.ts"
import { Watch } from "../watch/watch.ts"
import { openAuditor } from "./audits.ts"
import type { Composition } from "./composition.ts"
import { capsOf, foldersOf, openFetching, underWay } from "./fetching.ts"
import type { Foundation } from "./foundation.ts"
import { findings } from "./findings.ts"
import { openInbox } from "./inbox.ts"
import { standingsOf } from "./standings.ts"
import { openSending, spendPolicy } from "./transactions.ts"

/** Puts the parts of a challenger together. @throws OnusError as they. */
export const compose: Compose = async (config, run, foundation, mode, hooks) => {
  const { log, alerts } = run.instruments
  const { database, chain, heads, court, key } = foundation
  const { registry } = court
  const book = await openBook(database, registry)
  const watch = await Watch.open({
    chain,
    database,
    book,
    client: court,
    from: config.chain.fromBlock,
    hashOf: (number) => heads.hashOf(number),
    log,
  })
  let play: Play | undefined
  const secret = await loadSecret(database, "choose")
  const folders = foldersOf(config, secret)
  const sources = await openFetching(config, run, registry, watch.directory, folders, () => play)
  const caps = capsOf(config)
  const checker = await openChecker({ sources, alerts, log, caps })
  run.opened.add("checker", checker, (it) => it.close())
  const transactions = key && (await openSending(config, run.instruments, foundation, key))
  if (transactions) {
    run.opened.add("transactions", transactions, (it) => it.close())
    play = await openPlay({
      ...{ database, chain, book, checker, transactions, log, alerts },
      client: court,
      account: key.address,
      policy: spendPolicy(config, foundation),
      fromBlock: config.chain.fromBlock,
      isDry: mode.dryRun,
    })
  }
  const handedIn = HandedIn.open({ folder: folders.inputs, maxBytes: config.inbox.maxKept })
  const desk = new RegistryDesk(chain, court)
  const chosen = chooserOf(config, foundation, secret)
  const scheduler = new Scheduler({
    ...{ book, sources, desk, log },
    checker: play?.opinions ?? checker,
    disputes: watch.disputes,
    chooser: chosen,
    omissions: config.choose.omissions,
    concurrency: underWay(caps),
    readUntil: () => watch.readUntil,
    prepare: preparing(handedIn, checker),
    onFinding: findings(config, run, checker, hooks),
    onAccused: hooks.accused,
  })
  const inbox = await openInbox(config, run, {
    ...{ registry, book, desk, handedIn },
    chooser: chosen,
    head: () => heads.current,
    onTaken: (id) => scheduler.poke(id),
  })
  const auditor =
    transactions && !mode.dryRun
      ? await openAuditor(config, foundation, {
          ...{ book, checker, sources, transactions, log },
          account: key.address,
        })
      : undefined
  return {
    book,
    watch: {
      poll: (head, options) => watch.poll(head, options),
      cursors: () => [{ name: "challenger", block: watch.cursor }],
    },
    inbox: inbox.folder,
    scheduler,
    standings: standingsOf(watch.disputes),
    // A dry run has intents of an earlier start wait, too.
    transactions: mode.dryRun ? undefined : transactions,
    player: play?.player,
    auditor,
    forget: (before) => forget(book, watch, handedIn, before),
    stop: async () => {
      await inbox.close()
      await scheduler.close()
    },
    close: async () => {
      await inbox.close()
      await scheduler.close()
    },
  } satisfies Composition
}

function chooserOf({ choose }: ChallengerConfig, { amounts }: Foundation, secret: Uint8Array): Chooser {
  const minCoverage = amounts.parse("choose.min_coverage", choose.minCoverage)
  return chooser({ ...choose, minCoverage }, secret)
}

async function forget(
  book: Pick<Book, "prune" | "find">,
  watch: Watch,
  handedIn: HandedIn,
  { time, block }: { readonly time: number; readonly block: number },
): Promise<void> {
  await book.prune(time)
  await watch.disputes.prune(block)
  await handedIn.prune(book)
}
