// A provider answers one drawn digit and puts collateral behind the answer.
//
//   npx hardhat node --hostname 127.0.0.1      in another terminal, then `npm run deploy`
//   npm run example:submit
import { id, Wallet } from "ethers"
import { DemoToken__factory } from "../types/contracts/index.js"
import { valuesOf } from "../src/engine/executor.ts"
import { ElementType } from "../src/protocol/program.ts"
import { interpreter } from "../src/engine/reference/interpreter.ts"
import { receiptId } from "../src/protocol/receipt.ts"
import { answer } from "../src/sdk/answer.ts"
import { attest } from "../src/sdk/attest.ts"
import { chainTime } from "../src/sdk/chain-time.ts"
import { connect, send } from "../src/sdk/client.ts"
import { MemoryJournal } from "../src/sdk/journal.ts"
import { addKey } from "../src/sdk/keys.ts"
import { modelRegisteredAt, registerModel } from "../src/sdk/register-model.ts"
import { registerProvider } from "../src/sdk/register-provider.ts"
import { readStanding } from "../src/sdk/reputation.ts"
import { deposit } from "../src/sdk/stake.ts"
import { drawnDigit, newRequest, runExample, program, tokens } from "./example.ts"

await runExample(async (rpc, registry) => {
  const owner = await rpc.getSigner(1)
  const consumer = await (await rpc.getSigner(2)).getAddress()
  const client = await connect(owner, registry)
  const provider = await owner.getAddress()
  const key = new Wallet(id("signing key of the example provider"))

  // Once per provider, key and model; these lines may run any number of times.
  const standing = await readStanding(client, provider)
  if (!standing.registered) await registerProvider(client, "https://provider.example/onus.json")
  const now = await chainTime(client)
  const { until } = await client.onus.keyValidity(provider, key.address)
  if (until === 0n) await addKey(client, key.address, now + 365n * 86_400n)
  if ((await modelRegisteredAt(client, program.modelId)) === 0n) await registerModel(client, program, "")

  // A coverage c reserves 2 c, and as much again must stay free: 4 c of stake per answer.
  if (standing.capacity < tokens(10n)) {
    const amount = tokens(200n)
    await send(DemoToken__factory.connect(await client.token.getAddress(), owner).mint(provider, amount))
    await deposit(client, provider, amount)
  }

  const signer = { registry: client.registry, key, journal: new MemoryJournal() }
  const terms = await newRequest(client, provider, consumer)
  const { signed, run } = await answer(signer, interpreter, program, drawnDigit, terms)
  const probabilities = Array.from(
    valuesOf(ElementType.Float32, run.bytes(program.outputs[0].tensor)),
    Number,
  )
  const { gas } = await attest(client, signed)
  console.log(`the digit is ${probabilities.indexOf(Math.max(...probabilities))}`)
  console.log(`attested receipt ${receiptId(client.registry, signed.receipt)} with ${gas} gas`)
})
