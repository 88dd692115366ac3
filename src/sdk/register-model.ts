import { requireProvable } from "../engine/program/provable.ts"
import type { Program } from "../engine/program/program.ts"
import { type Client, type Sent, send } from "./client.ts"
import { call } from "./errors.ts"

/**
 * Registers a lowered model; `uri` says where its ONNX file is served.
 *
 * @throws OnusError `ProofTooLarge` when an element of it could not be convicted in one transaction.
 */
export async function registerModel({ onus }: Client, program: Program, uri: string): Promise<Sent> {
  requireProvable(program)
  return send(onus.registerModel(program.header, uri))
}

/** Unix seconds since which a model is registered, zero if it is not. */
export async function modelRegisteredAt({ onus }: Client, modelId: string): Promise<bigint> {
  return call(onus.modelRegisteredAt(modelId))
}
