// A process that sends: `sender.ts URL DATABASE PRIVATE_KEY INTENTS`, intents as JSON, until each has its outcome; it mines by itself.
import { JsonRpcProvider, Wallet, keccak256 } from "ethers"
import { openTransactions } from "../../../src/chain/transactions/open.ts"
import type { Intent, Outcome } from "../../../src/chain/transactions/transactions.ts"
import { openDatabase } from "../../../src/store/open.ts"

/** Blocks after which something is wrong. */
const ENOUGH = 40

async function run(url: string, databaseUrl: string, privateKey: string, json: string): Promise<void> {
  const chain = new JsonRpcProvider(url, undefined, {
    cacheTimeout: -1,
    staticNetwork: true,
    batchMaxCount: 1,
  })
  const { address, signingKey } = new Wallet(privateKey)
  const key = {
    address,
    sign: (preimage: Uint8Array) => Promise.resolve(signingKey.sign(keccak256(preimage)).serialized),
  }
  const database = await openDatabase(databaseUrl)
  const transactions = await openTransactions({ database, chain, key })
  const intents = JSON.parse(json) as (Omit<Intent, "value"> & { value: string })[]
  for (const intent of intents) await transactions.submit({ ...intent, value: BigInt(intent.value) })
  const outcomes: (Outcome | undefined)[] = []
  for (let block = 0; block < ENOUGH; block++) {
    const { number, hash, parentHash, timestamp } = (await chain.getBlock("latest"))!
    await transactions.tick({ latest: { number, hash: hash!, parentHash, timestamp }, final: number - 2 })
    for (const [i, intent] of intents.entries()) outcomes[i] = await transactions.outcomeOf(intent.key)
    if (outcomes.every((outcome) => outcome)) break
    await chain.send("evm_mine", [])
  }
  console.log(JSON.stringify(outcomes))
  await database.close()
  chain.destroy()
}

// The test runner imports every file of this folder; only a process of its own sends.
if (process.argv[1] === import.meta.filename) {
  const [url, database, privateKey, intents] = process.argv.slice(2)
  await run(url, database, privateKey, intents)
}
