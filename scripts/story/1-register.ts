import { MaxUint256 } from "ethers"
import { Governance__factory } from "../../types/contracts/index.js"
import { send } from "../../src/sdk/client.ts"
import { addKey } from "../../src/sdk/keys.ts"
import { modelRegisteredAt, registerModel } from "../../src/sdk/register-model.ts"
import { registerProvider } from "../../src/sdk/register-provider.ts"
import { insist } from "./insist.ts"
import { type Reporter, money, short } from "./reporter.ts"
import { MODEL_FILE, STAKE, type Stage } from "./stage.ts"

const DAY = 24n * 3600n
const YEAR = 365n * DAY

/** Three providers register, stake and add a key; the model is registered from its ONNX file. */
export async function register(
  { deployment, governor, guardian, providers, program, now }: Stage,
  reporter: Reporter,
): Promise<void> {
  reporter.act("Three providers put money behind their answers")
  reporter.tell(`registry ${deployment.addresses.Onus}`, { ...deployment.addresses })
  const governance = Governance__factory.connect(deployment.addresses.Governance, governor)
  insist((await governance.owner()) === (await governor.getAddress()), "the governor governs")
  insist((await governance.guardian()) === (await guardian.getAddress()), "the guardian guards")
  reporter.tell(
    `governor ${short(await governor.getAddress())} can change terms to come after ${(await governance.delay()) / DAY} days; ` +
      `guardian ${short(await guardian.getAddress())} can hold things up for a while; neither can take stake`,
    { governor: await governor.getAddress(), guardian: await guardian.getAddress() },
  )
  for (const { name, address, client, key } of providers) {
    const { onus, token } = client
    const registered = await registerProvider(client, `https://${name.toLowerCase()}.example/onus.json`)
    await send(token.approve(onus, MaxUint256))
    const staked = await send(onus.deposit(STAKE))
    await addKey(client, key.address, (await now()) + YEAR)
    reporter.spent("register a provider", registered.gas)
    reporter.spent("deposit stake", staked.gas)
    const { active } = await onus.account(address)
    insist(active === STAKE, `${name} has ${money(STAKE)} at stake`)
    reporter.tell(`${name} ${address} stakes ${money(active)}, signs with ${short(key.address)}`, {
      provider: address,
      stake: active,
      key: key.address,
    })
  }
  const [{ client }] = providers
  const sent = await registerModel(client, program, `file:${MODEL_FILE}`)
  reporter.spent("register a model", sent.gas)
  insist((await modelRegisteredAt(client, program.modelId)) !== 0n, "the model is registered")
  reporter.tell(`model ${program.modelId} from ${MODEL_FILE}: ${program.steps.length} steps`, {
    modelId: program.modelId,
    header: program.header,
  })
}
