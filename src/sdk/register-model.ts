import { requireProvable } from "../engine/program/provable.ts"
import type { Program } from "../engine/program/program.ts"
import { OnusError } from "../protocol/errors.ts"
import { type Client, type Sent, send } from "./client.ts"
import { HINTS, call } from "./errors.ts"

/**
 * Registers a lowered model; `uri` says where its ONNX file is served.
 *
 * @throws OnusError `ProofTooLarge` when an element of it could not be convicted in one transaction.
 */
export async function registerModel({ models }: Client, program: Program, uri: string): Promise<Sent> {
  requireProvable(program)
  return send((await models()).registerModel(program.header, uri))
}

/** Unix seconds since which a model is registered, zero if it is not. */
export async function modelRegisteredAt(
  { models }: Pick<Client, "models">,
  modelId: string,
): Promise<bigint> {
  return call((await models()).modelRegisteredAt(modelId))
}

/**
 * Checks that a model is registered. The registry itself takes receipts of any, but policies do not.
 *
 * @throws OnusError `ModelUnknown`.
 */
export async function requireModel(client: Pick<Client, "models">, modelId: string): Promise<void> {
  if ((await modelRegisteredAt(client, modelId)) !== 0n) return
  throw new OnusError("ModelUnknown", `Model ${modelId} is not registered`, { hint: HINTS.ModelUnknown })
}
