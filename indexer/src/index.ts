import { ponder } from "ponder:registry"
import { decodeLog } from "../../src/facts/chain/decode.ts"
import { EVENTS } from "../../src/facts/chain/events.ts"
import { begin, project } from "../../src/facts/project/project.ts"
import { deployment, settings } from "./deployment.ts"
import { type Rows, storeOf } from "./store.ts"

interface Arguments {
  readonly event: {
    readonly log: {
      readonly address: string
      readonly topics: readonly (string | null)[]
      readonly data: string
      readonly logIndex: number
    }
    readonly block: { readonly number: bigint; readonly timestamp: bigint }
    readonly transaction: { readonly hash: string }
  }
  readonly context: { readonly db: Rows }
}

/** Ponder's types are of contracts that are known when it is compiled. */
const on = ponder.on.bind(ponder) as unknown as (
  name: string,
  handler: (values: Arguments) => Promise<void>,
) => void

const { contracts, answerBlocks } = await deployment(settings())

on("onus:setup", ({ context }) => begin(storeOf(context.db), { answerBlocks }))

for (const contract of contracts.values()) {
  for (const event of EVENTS[contract]) {
    on(
      `${contract}:${event.slice(0, event.indexOf("("))}`,
      async ({ event: { log, block, transaction }, context }) => {
        const decoded = decodeLog(contract, {
          address: log.address.toLowerCase(),
          // Ponder fills up to four.
          topics: log.topics.filter((topic) => topic !== null),
          data: log.data,
          logIndex: log.logIndex,
          block: Number(block.number),
          time: Number(block.timestamp),
          transaction: transaction.hash,
        })
        if (decoded) await project(storeOf(context.db), decoded)
      },
    )
  }
}
