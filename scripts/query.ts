// Reads stake, reputation and history of the providers: no key, no transaction.
//
//   npm run example:query      after `npm run example:submit` and `npm run example:dispute`
import { formatUnits } from "ethers"
import { connect } from "../src/sdk/client.ts"
import { readStanding } from "../src/sdk/reputation.ts"
import { runExample } from "./example.ts"

await runExample(async (rpc, registry) => {
  const client = await connect(rpc, registry)
  const { onus } = client

  const providers = await client.providers()
  const registrations = await providers.queryFilter(providers.filters.ProviderRegistered())
  for (const { args } of registrations) {
    const { provider } = args
    const standing = await readStanding(client, provider)
    const score = standing.scored ? standing.score.toFixed(3) : "not scored"
    console.log(`${provider}  stake ${formatUnits(standing.active)}  faults ${standing.faults}  ${score}`)
  }

  const history = [
    ...(await onus.queryFilter(onus.filters.ReceiptAttested())),
    ...(await onus.queryFilter(onus.filters.BatchAnchored())),
    ...(await onus.queryFilter(onus.filters.Convicted())),
    ...(await onus.queryFilter(onus.filters.BondReleased())),
  ].sort((a, b) => a.blockNumber - b.blockNumber || a.index - b.index)
  for (const { blockNumber, eventName, args } of history) {
    console.log(`block ${blockNumber}  ${eventName.padEnd(16)}${args.provider}`)
  }
})
