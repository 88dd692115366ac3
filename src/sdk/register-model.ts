import type { Program } from "../engine/program/program.ts"
import { type Client, type Sent, send } from "./client.ts"

/** Registers a lowered model; `uri` says where its ONNX file is served. */
export async function registerModel({ onus }: Client, { header }: Program, uri: string): Promise<Sent> {
  return send(onus.registerModel(header, uri))
}
