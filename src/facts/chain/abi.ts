import { Interface } from "ethers"
import { type ContractName, EVENTS } from "./events.ts"

/** The events of a contract as JSON of an ABI. */
export const abiOf = (contract: ContractName): readonly unknown[] =>
  JSON.parse(new Interface(EVENTS[contract].map((event) => `event ${event}`)).formatJson()) as unknown[]
