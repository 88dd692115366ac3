import type { Lowering } from "../../node.ts"
import { lowerAttention } from "./attention.ts"
import { lowerGru } from "./gru.ts"
import { lowerLstm } from "./lstm.ts"
import { lowerRnn } from "./rnn.ts"
import { lowerRotaryEmbedding } from "./rotary.ts"

/** Recurrent layers and attention. */
export const SEQUENCE: Readonly<Record<string, Lowering>> = {
  Attention: lowerAttention,
  GRU: lowerGru,
  LSTM: lowerLstm,
  RNN: lowerRnn,
  RotaryEmbedding: lowerRotaryEmbedding,
}
