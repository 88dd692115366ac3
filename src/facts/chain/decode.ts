import { type EventFragment, Interface, type ParamType, type Result, getBytes } from "ethers"
import type { ChainEvent } from "../store.ts"
import { type ContractName, EVENTS } from "./events.ts"

/** A log as JSON-RPC tells it, with the time of its block. */
export interface TimedLog {
  /** Lower case. */
  readonly address: string
  readonly topics: readonly string[]
  readonly data: string
  readonly block: number
  /** Unix seconds. */
  readonly time: number
  readonly transaction: string
  readonly logIndex: number
}

interface Decoder {
  readonly name: string
  readonly inputs: readonly ParamType[]
  readonly fragment: EventFragment
  readonly reader: Interface
}

const DECODERS = new Map(
  Object.entries(EVENTS).flatMap(([contract, events]) =>
    events.map((event) => {
      const declared = new Interface([`event ${event}`]).fragments[0] as EventFragment
      // Text is read as bytes: it may be no UTF-8 at all.
      const reader = new Interface([
        `event ${event.replaceAll(" string ", " bytes ").replace("(string ", "(bytes ")}`,
      ])
      const fragment = reader.fragments[0] as EventFragment
      return [
        `${contract}/${declared.topicHash}`,
        { name: declared.name, inputs: declared.inputs, fragment, reader },
      ] as const
    }),
  ),
) as ReadonlyMap<string, Decoder>

/** What a log says, or undefined if it is of no event that is kept. */
export function decodeLog(contract: ContractName, log: TimedLog): ChainEvent | undefined {
  const { topics, data, ...place } = log
  const decoder = DECODERS.get(`${contract}/${topics[0]}`)
  if (!decoder) return undefined
  const values = decoder.reader.decodeEventLog(decoder.fragment, data, [
    decoder.fragment.topicHash,
    ...topics.slice(1),
  ])
  return { ...place, contract, name: decoder.name, args: struct(decoder.inputs, values) }
}

function struct(inputs: readonly ParamType[], values: Result): Record<string, unknown> {
  return Object.fromEntries(inputs.map((input, i) => [input.name, plain(input, values[i])]))
}

/** Plain values instead of what ethers wraps them in. */
function plain(type: ParamType, value: unknown): unknown {
  if (type.baseType === "tuple") return struct(type.components!, value as Result)
  if (type.baseType === "array") return [...(value as Result)]
  if (type.baseType === "address") return (value as string).toLowerCase()
  return type.baseType === "string" ? textOf(value as string) : value
}

/** Databases keep no zero characters. */
const textOf = (bytes: string): string => new TextDecoder().decode(getBytes(bytes)).replaceAll("\0", "\uFFFD")

/** The topics by which a contract's events are found. */
export function topicsOf(contract: ContractName): readonly string[] {
  const prefix = `${contract}/`
  return [...DECODERS.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length))
}
