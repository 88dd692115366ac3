import { availableParallelism } from "node:os"
import { ONNX_LIMITS, type OnnxLimits } from "../../engine/onnx/limits.ts"

/** What a stranger's file, and the model in it, may take of this machine. */
export interface Caps {
  /** Of the file, before it is parsed. */
  readonly onnx: OnnxLimits
  /** Milliseconds for parsing and lowering a file. */
  readonly compileMs: number
  /** MiB of JavaScript objects while it is lowered. */
  readonly compileHeap: number
  /** Milliseconds for loading a model into a thread. */
  readonly loadMs: number
  /** Milliseconds without a sign of life after which a run is broken off. */
  readonly runMs: number
  /** Bytes of linear memory of all engines together: a model that needs more than that for one is not run. */
  readonly engineBytes: number
  /** Bytes of a run of which every tensor is kept. */
  readonly keptBytes: number
  /** Bytes of inputs, and as many of served traces, that are held at once, besides those that are small. */
  readonly fetchedBytes: number
  /** Bytes of inputs or of a trace that are small. */
  readonly smallBytes: number
  /** Bytes of programs that are remembered. */
  readonly libraryBytes: number
  /** Models that have threads at the same time. */
  readonly models: number
  /** Runs of each of them at the same time. */
  readonly workers: number
  /** Threads of one run. */
  readonly threads: number
  /** Milliseconds that are waited for the trace of a provider: who hides it is asked on-chain. */
  readonly servedMs: number
  /** Milliseconds after which threads that nobody uses are ended. */
  readonly idleMs: number
  /** Scalar operations that the interpreter spends on confirming a mismatch. */
  readonly auditedTerms: number
}

/** Generous for models that one processor runs, on a machine that does nothing else. */
export const CAPS: Caps = {
  onnx: { ...ONNX_LIMITS, fileBytes: 2 ** 30, tensorBytes: 2 ** 31 },
  compileMs: 120_000,
  compileHeap: 2048,
  loadMs: 120_000,
  runMs: 60_000,
  engineBytes: 2 ** 32,
  keptBytes: 2 ** 30,
  fetchedBytes: 2 ** 28,
  smallBytes: 2 ** 20,
  libraryBytes: 2 ** 31,
  models: 4,
  workers: availableParallelism(),
  threads: 1,
  servedMs: 10_000,
  idleMs: 60_000,
  auditedTerms: 2 ** 20,
}
