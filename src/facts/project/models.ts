import { ZeroAddress, ZeroHash } from "ethers"
import type { ModelRow } from "../entities.ts"
import type { Context, Handlers } from "./context.ts"

/** A model's row; answers can be anchored before it is registered. */
export function modelOf(context: Context, id: string): Promise<ModelRow> {
  return context.ensure("model", {
    id,
    isRegistered: false,
    registrant: ZeroAddress,
    uri: "",
    semantics: 0,
    method: 0,
    stepCount: 0,
    programRoot: ZeroHash,
    weightsRoot: ZeroHash,
    inputDepth: 0,
    weightsDepth: 0,
    traceDepth: 0,
    outputDepth: 0,
    anchored: 0,
    convicted: 0,
    since: context.moment,
  })
}

/** Registered models. */
export const MODELS: Handlers = {
  async ModelRegistered(context) {
    const { args, moment } = context
    const header = args.struct("header")
    const { id } = await modelOf(context, args.hex("modelId"))
    await context.change("model", id, {
      isRegistered: true,
      registrant: args.hex("registrant"),
      uri: args.text("uri"),
      semantics: header.number("semantics"),
      method: header.number("method"),
      stepCount: header.number("stepCount"),
      programRoot: header.hex("programRoot"),
      weightsRoot: header.hex("weightsRoot"),
      inputDepth: header.number("inputDepth"),
      weightsDepth: header.number("weightsDepth"),
      traceDepth: header.number("traceDepth"),
      outputDepth: header.number("outputDepth"),
      since: moment,
    })
    return undefined
  },
}
