const KERNELS = new URL("../kernels/kernels.wasm", import.meta.url)

/** The exports of `assembly/index.ts` that the engine calls. */
export interface Kernels {
  readonly run: (shared: number, thread: number, threads: number) => void
  readonly serve: (shared: number, thread: number, threads: number) => void
}

/** The bytes of the kernels: a file of the package. */
export async function kernelBytes(): Promise<Uint8Array> {
  if (KERNELS.protocol === "file:") return process.getBuiltinModule("node:fs").readFileSync(KERNELS)
  const response = await fetch(KERNELS)
  return new Uint8Array(await response.arrayBuffer())
}

/** The kernels over a memory. */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels
}

const IMPORT_SECTION = 2
const MEMORY = 2
const SHARED = 2

/**
 * The kernels for a memory that is not shared, where there is none that is: the same code, which imports another
 * kind of memory. Its atomic operations work on either.
 */
export function unshared(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice()
  let at = 8
  const number = (): number => {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = copy[at++]
      value |= (byte & 127) << shift
      if (byte < 128) return value
    }
  }
  while (copy[at] !== IMPORT_SECTION) {
    at++
    const size = number()
    at += size
  }
  at++
  number()
  for (let count = number(); count > 0; count--) {
    for (let name = 0; name < 2; name++) {
      const length = number()
      at += length
    }
    if (copy[at++] !== MEMORY) throw new TypeError("The kernels import something else than a memory")
    copy[at++] &= ~SHARED
    number()
    number()
  }
  return copy
}
