import { MaxUint256 } from "ethers"
import { send } from "../../src/sdk/client.ts"
import { registerModel } from "../../src/sdk/register-model.ts"
import { insist } from "./insist.ts"
import { type Reporter, money, short } from "./reporter.ts"
import { MODEL_FILE, STAKE, type Stage } from "./stage.ts"

const YEAR = 365n * 24n * 3600n

/** Three providers register, stake and add a key; the model is registered from its ONNX file. */
export async function register(
  { deployment, providers, program, now }: Stage,
  reporter: Reporter,
): Promise<void> {
  reporter.act("Three providers put money behind their answers")
  reporter.tell(`registry ${deployment.addresses.Onus}`, { ...deployment.addresses })
  for (const { name, address, client, key } of providers) {
    const { onus, token } = client
    const registered = await send(onus.register(`https://${name.toLowerCase()}.example/onus.json`))
    await send(token.approve(onus, MaxUint256))
    const staked = await send(onus.deposit(STAKE))
    await send(onus.addKey(key.address, (await now()) + YEAR))
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
  const registeredAt = await client.onus.modelRegisteredAt(program.modelId)
  insist(registeredAt !== 0n, "the model is registered")
  reporter.tell(`model ${program.modelId} from ${MODEL_FILE}: ${program.steps.length} steps`, {
    modelId: program.modelId,
    header: program.header,
  })
}
