import { formatUnits, parseUnits } from "ethers"
import { OnusError } from "../protocol/errors.ts"
import type { Client } from "./client.ts"
import { call } from "./errors.ts"

/** Amounts of the stake token, between decimals of whole tokens and token units. */
export interface Amounts {
  /** @throws OnusError `ConfigInvalid` when the token has fewer decimals. */
  parse(key: string, text: string): bigint
  show(units: bigint): string
}

/** Reads what the stake token says of itself. */
export async function amountsOf({ token }: Pick<Client, "token">): Promise<Amounts> {
  const [decimals, symbol] = await call(Promise.all([token.decimals(), token.symbol()]))
  return {
    parse(key, text) {
      try {
        return parseUnits(text, decimals)
      } catch (cause) {
        throw new OnusError("ConfigInvalid", `${key} is ${text}; the stake token has ${decimals} decimals`, {
          hint: "Write fewer of them",
          cause,
        })
      }
    },
    show: (units) => `${formatUnits(units, decimals).replace(/\.0$/, "")} ${symbol}`,
  }
}
