// Runs the steps of a program. Every thread calls `run` for the same run, with scratch memory of its own.
import { dot, dotBytes, fold, move, read } from "./bodies"
import {
  CLEAR,
  COPY,
  DEPTHWISE_F32,
  DEPTHWISE_I8,
  DOT,
  DOT_BYTES,
  DOT_ROWS,
  FOLD,
  FOLD_ROWS,
  FOLD_WINDOWS,
  GEMM_F32,
  GEMM_I8,
  MOVE,
  PACK_F32,
  PACK_I8,
  RANK,
  READ,
  WIDEN_I8,
} from "./codes"
import { clearUnit, copyUnit } from "./copy-step"
import { epilogue, prologue } from "./epilogue"
import { depthwiseUnit, gemmUnit } from "./gemm-step"
import { Plan } from "./plan"
import { packUnit, widenUnit } from "./prepare-step"
import { forget, rank } from "./rank"
import { dotRows, foldRows } from "./rows"
import { Shared, barrier, nextRun, publish } from "./shared"
import { takeLeft, lastStep } from "./walk"
import { foldWindows } from "./windows"

/** Takes part in the run that `shared` describes; thread 0 does the steps that are for one thread. */
export function run(shared: Shared, thread: i32, threads: i32): void {
  const scratch = shared.scratch + <usize>thread * shared.scratchBytes
  const plans = shared.plans
  const count = shared.count
  for (let i = 0; i < count; i++) {
    const p = load<Plan>(plans + ((<usize>i) << 2))
    const next = i + 1 < count ? load<Plan>(plans + ((<usize>(i + 1)) << 2)).alone : 0
    if (p.alone) {
      if (thread === 0) {
        begin(p, scratch)
        for (let unit = 0; unit < p.units; unit++) runUnit(p, unit, scratch)
        publish(shared, p.done)
      }
      if (next) continue
    } else {
      takeUnits(p, scratch)
    }
    // Behind the last barrier, nobody waits for this thread any more.
    if (takeLeft()) atomic.store<i32>(changetype<usize>(shared) + offsetof<Shared>("left"), 1)
    if (threads > 1) barrier(shared, threads)
    if (thread === 0) publish(shared, p.done)
  }
  if (thread === 0) atomic.notify(changetype<usize>(shared) + offsetof<Shared>("done"), -1)
}

/** Takes part in all runs until the end. */
export function serve(shared: Shared, thread: i32, threads: i32): void {
  let last = 0
  while (true) {
    last = nextRun(shared, last)
    if (last === -1) return
    run(shared, thread, threads)
  }
}

function takeUnits(p: Plan, scratch: usize): void {
  const next = changetype<usize>(p) + offsetof<Plan>("next")
  let unit = atomic.add<i32>(next, 1)
  if (unit >= p.units) return
  begin(p, scratch)
  for (; unit < p.units; unit = atomic.add<i32>(next, 1)) runUnit(p, unit, scratch)
}

/** What a thread does before its first unit of a step: its scratch memory is still that of another step. */
function begin(p: Plan, scratch: usize): void {
  if (p.kind === RANK) forget()
  prologue(p, scratch)
}

function runUnit(p: Plan, unit: i32, scratch: usize): void {
  switch (p.kind) {
    case GEMM_F32:
    case GEMM_I8:
      return gemmUnit(p, unit, scratch)
    case DEPTHWISE_F32:
    case DEPTHWISE_I8:
      return depthwiseUnit(p, unit, scratch)
    case PACK_F32:
    case PACK_I8:
      return packUnit(p, unit)
    case COPY:
      return copyUnit(p, unit)
    case CLEAR:
      return clearUnit(p, unit)
    case WIDEN_I8:
      return widenUnit(p, unit)
  }
  const begin = unit * p.unit
  const end = min(begin + p.unit, p.length)
  if (p.kind === MOVE) move(p, scratch, begin, end - begin)
  else elements(p, scratch, begin, end)
}

/** Body and epilogue, block by block. */
function elements(p: Plan, scratch: usize, begin: i32, end: i32): void {
  for (let element = begin; element < end; element += p.block) {
    const n = min(p.block, end - element)
    const lanes = body(p, scratch, element, n)
    epilogue(p, scratch, lanes, lastStep(), element, n)
  }
}

function body(p: Plan, scratch: usize, element: i32, n: i32): usize {
  switch (p.kind) {
    case READ:
      return read(p, scratch, element, n)
    case FOLD:
      return fold(p, scratch, element, n)
    case FOLD_ROWS:
      return foldRows(p, scratch, element, n)
    case FOLD_WINDOWS:
      return foldWindows(p, scratch, element, n)
    case DOT_ROWS:
      return dotRows(p, scratch, element, n)
    case DOT:
      return dot(p, scratch, element, n)
    case DOT_BYTES:
      return dotBytes(p, scratch, element, n)
    default:
      return rank(p, scratch, element, n)
  }
}
