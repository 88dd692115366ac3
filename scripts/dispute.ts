// Another provider answers with one falsified number; a challenger finds it and convicts.
//
//   npm run example:dispute      after `npm run deploy`
import { Wallet } from "ethers"
import { DemoToken__factory } from "../types/contracts/index.js"
import { findFault } from "../src/engine/audit/find-fault.ts"
import { OnusError } from "../src/protocol/errors.ts"
import { interpret, interpreter } from "../src/engine/reference/interpreter.ts"
import { signRun } from "../src/sdk/answer.ts"
import { attest } from "../src/sdk/attest.ts"
import { bundleOf } from "../src/sdk/bundle.ts"
import { chainTime } from "../src/sdk/chain-time.ts"
import { connect, send } from "../src/sdk/client.ts"
import { convictWrongExecution } from "../src/sdk/convict.ts"
import { MemoryJournal } from "../src/sdk/journal.ts"
import { addKey } from "../src/sdk/keys.ts"
import { modelRegisteredAt, registerModel } from "../src/sdk/register-model.ts"
import { registerProvider } from "../src/sdk/register-provider.ts"
import { deposit } from "../src/sdk/stake.ts"
import { openBundle } from "../src/sdk/verify.ts"
import { drawnDigit, newRequest, runExample, program, tokens } from "./example.ts"

await runExample(async (rpc, registry) => {
  const funds = await rpc.getSigner(0)

  // A new liar each time: its third fault would exclude it for ever.
  const liar = new Wallet(Wallet.createRandom().privateKey, rpc)
  await (await funds.sendTransaction({ to: liar.address, value: tokens(1n) })).wait()
  const client = await connect(liar, registry)
  await send(
    DemoToken__factory.connect(await client.token.getAddress(), liar).mint(liar.address, tokens(200n)),
  )
  await registerProvider(client, "")
  await addKey(client, liar.address, (await chainTime(client)) + 86_400n)
  await deposit(client, liar.address, tokens(200n))
  if ((await modelRegisteredAt(client, program.modelId)) === 0n) await registerModel(client, program, "")

  // Everything after the falsified number follows from it, so only that one number is wrong.
  const lie = interpret(program, drawnDigit, (step, output) => {
    if (step === 2) output[4 * 42 + 3] ^= 1 << 3
  })
  const terms = await newRequest(client, liar.address, await (await rpc.getSigner(2)).getAddress())
  const signer = { registry: client.registry, key: liar, journal: new MemoryJournal() }
  const { signed } = await signRun(signer, lie, terms)
  await attest(client, signed)

  // The challenger holds the file that the consumer got, re-executes it and has the contract judge.
  const challenger = await connect(await rpc.getSigner(3), registry)
  const opened = openBundle(program, bundleOf(signed, lie))
  const fault = await findFault(opened.run, interpreter)
  if (!fault) throw new OnusError("LieNotFound", "The lie was not found")
  const { bond, punitive, restitution, reward, gas } = await convictWrongExecution(
    challenger,
    signed,
    opened,
    fault,
  )
  console.log(`step ${fault.step}, element ${fault.element} is wrong; convicted with ${gas} gas`)
  console.log(
    `taken ${(bond + punitive) / tokens(1n)}, consumer ${restitution / tokens(1n)}, challenger ${reward / tokens(1n)}`,
  )
})
