import type { Program } from "../engine/program/program.ts"
import { type Client, type Sent, send } from "./client.ts"
import { call } from "./errors.ts"

/** Registers a lowered model; `uri` says where its ONNX file is served. */
export async function registerModel({ onus }: Client, { header }: Program, uri: string): Promise<Sent> {
  return send(onus.registerModel(header, uri))
}

/** Unix seconds since which a model is registered, zero if it is not. */
export async function modelRegisteredAt({ onus }: Client, modelId: string): Promise<bigint> {
  return call(onus.modelRegisteredAt(modelId))
}
