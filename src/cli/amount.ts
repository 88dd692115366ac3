import { formatUnits, parseUnits } from "ethers"
import { OnusError } from "../protocol/errors.ts"
import type { Client } from "../sdk/client.ts"
import { call } from "../sdk/errors.ts"

/** How amounts of the stake token are read and written. Never through a float. */
export interface Money {
  readonly symbol: string
  /** @throws OnusError `AmountInvalid`. */
  readonly parse: (text: string) => bigint
  /** As a decimal without unit, for data. */
  readonly format: (amount: bigint) => string
  /** With the unit, for people. */
  readonly show: (amount: bigint) => string
}

/** Reads decimals and symbol of the stake token. */
export async function moneyOf({ token }: Client): Promise<Money> {
  const [decimals, symbol] = await call(Promise.all([token.decimals(), token.symbol()]))
  const format = (amount: bigint) => formatUnits(amount, decimals).replace(/\.0$/, "")
  return {
    symbol,
    parse: (text) => parseAmount(text, Number(decimals)),
    format,
    show: (amount) => `${format(amount)} ${symbol}`,
  }
}

function parseAmount(text: string, decimals: number): bigint {
  const match = /^\d{1,30}(?:\.(\d+))?$/.exec(text)
  const fail = (why: string) => {
    throw new OnusError("AmountInvalid", `${JSON.stringify(text)} is not an amount: ${why}`, {
      hint: 'Write a positive decimal of whole tokens, such as "250" or "12.5"',
    })
  }
  if (!match) return fail("it is no plain decimal")
  if ((match[1]?.length ?? 0) > decimals) return fail(`the token has ${decimals} decimals`)
  const amount = parseUnits(text, decimals)
  if (amount >= 2n ** 128n) return fail("it is larger than any stake")
  return amount > 0n ? amount : fail("it must be positive")
}
