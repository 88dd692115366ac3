/**
 * Ends the process as `kill -9` would, if the environment asks for it at this point: crash drills set `ONUS_FAILPOINT` to a name, or
 * to `NAME:N` for the N-th time that it is passed.
 */
export function failpoint(name: string): void {
  if (wanted?.name !== name || --wanted.passes > 0) return
  process.kill(process.pid, "SIGKILL")
  // The signal takes effect when this thread next yields: nothing more may happen before it does.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)
}

const wanted = parse(process.env.ONUS_FAILPOINT)

function parse(text: string | undefined): { name: string; passes: number } | undefined {
  if (!text) return undefined
  const [name, passes = "1"] = text.split(":")
  return { name, passes: Number(passes) }
}
