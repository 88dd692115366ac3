import { parseUnits } from "ethers"
import { useState } from "react"
import type { ProviderFacts } from "../../../../src/facts/source.ts"
import { callOf } from "../../../../src/sdk/calls.ts"
import type { Chain } from "../../site/chain.ts"
import { useSource } from "../../site/context.tsx"
import { Actions, type Deed } from "../../wallet/action.tsx"
import { useWallet } from "../../wallet/context.tsx"

/** What its own account can do about its stake. */
export function StakeActions({ provider }: { readonly provider: ProviderFacts }) {
  const { chain } = useSource()
  const { account } = useWallet()
  const [text, setText] = useState("100")
  if (!chain || account !== provider.id) return null
  const amount = amountIn(text, chain.decimals)
  return (
    <>
      <label className="field">
        Amount in {chain.symbol}
        <input
          type="text"
          inputMode="decimal"
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      </label>
      <Actions
        title="Your stake"
        deeds={amount === undefined ? [] : deedsOf(chain, amount, text, provider.thawing)}
      />
    </>
  )
}

/** Undefined for what is no amount of the token. */
function amountIn(text: string, decimals: number): bigint | undefined {
  const [isAmount, fraction = ""] = /^\d{1,12}(?:\.(\d+))?$/.exec(text) ?? []
  return isAmount && fraction.length <= decimals ? parseUnits(text, decimals) : undefined
}

function deedsOf({ client, symbol }: Chain, amount: bigint, text: string, thawing: bigint): readonly Deed[] {
  const { onus, token, registry } = client
  const said = `${text} ${symbol}`
  return [
    {
      name: "Approve",
      about: said,
      sentence: `Lets the registry take ${said} from your account when you stake, and no more.`,
      build: async () => callOf(await token.approve.populateTransaction(registry.address, amount)),
    },
    {
      name: "Stake",
      about: said,
      sentence: `Puts ${said} more behind your answers.`,
      build: async () => callOf(await onus.deposit.populateTransaction(amount)),
    },
    {
      name: "Take out",
      about: said,
      sentence: `Begins to take out ${said}; what thaws already begins anew, and can be slashed until it has thawed.`,
      build: async () => callOf(await onus.startThaw.populateTransaction(amount)),
    },
    ...(thawing > 0n
      ? [
          {
            name: "Withdraw",
            sentence: "Takes out what has thawed and is not frozen.",
            build: async () => callOf(await onus.withdraw.populateTransaction()),
          },
        ]
      : []),
  ]
}
