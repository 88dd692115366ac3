// What the threads of one program share, and how they wait for each other.

@unmanaged
export class Shared {
  /** Counts the runs: threads wait for the next one, or for the end, when it is -1. */
  run: i32
  /** Addresses of the plans of this run. */
  plans: usize
  count: i32
  /** Where the scratch memory of thread 0 is, and how much a thread has. */
  scratch: usize
  scratchBytes: usize
  /** Steps of the program that are finished: what a reader of their outputs may wait for. */
  done: i32
  /** Threads that have reached the next barrier, and how many barriers are passed. */
  arrived: i32
  passed: i32
  /** Not 0 when an access left its tensor. */
  left: i32
  /** Not 0 when a thread broke off, which the others would wait for. */
  broken: i32
}

/** Turns of a thread that waits before it goes to sleep. */
const SPINS: i32 = 10000

/** Waits until `threads` threads are here. */
export function barrier(shared: Shared, threads: i32): void {
  const arrived = changetype<usize>(shared) + offsetof<Shared>("arrived")
  const passed = changetype<usize>(shared) + offsetof<Shared>("passed")
  const before = atomic.load<i32>(passed)
  if (atomic.add<i32>(arrived, 1) === threads - 1) {
    atomic.store<i32>(arrived, 0)
    atomic.store<i32>(passed, before + 1)
    atomic.notify(passed, -1)
    return
  }
  const broken = changetype<usize>(shared) + offsetof<Shared>("broken")
  for (let i = 0; i < SPINS && atomic.load<i32>(passed) === before; i++) {}
  while (atomic.load<i32>(passed) === before && !atomic.load<i32>(broken)) {
    atomic.wait<i32>(passed, before, -1)
  }
  // A thread that breaks off lets the others pass, so that none of them sleeps.
  if (atomic.load<i32>(broken)) unreachable()
}

/** Tells that `count` steps of the program are finished. Who waits for it is woken at the end of a run only. */
export function publish(shared: Shared, count: i32): void {
  atomic.store<i32>(changetype<usize>(shared) + offsetof<Shared>("done"), count)
}

/** Waits for the next run after number `last`; returns its number, or -1 at the end. */
export function nextRun(shared: Shared, last: i32): i32 {
  const run = changetype<usize>(shared) + offsetof<Shared>("run")
  while (atomic.load<i32>(run) === last) atomic.wait<i32>(run, last, -1)
  return atomic.load<i32>(run)
}
