import { OnusError } from "../../protocol/errors.ts"

const PAGE = 65536
/** All that 32 bits can address. */
const MAX_PAGES = 65536

/** Linear memory that grows. */
export class EngineMemory {
  readonly memory: WebAssembly.Memory
  readonly isShared: boolean

  constructor(isShared: boolean) {
    this.isShared = isShared
    this.memory = new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES, shared: isShared })
  }

  /** The bytes as long as the memory does not grow. */
  get bytes(): Uint8Array {
    return new Uint8Array(this.memory.buffer)
  }

  /** Words from `address` on. */
  words(address: number, count: number): Int32Array {
    return new Int32Array(this.memory.buffer, address, count)
  }

  /**
   * Makes addresses below `end` usable.
   *
   * @throws OnusError `EngineMemoryExceeded`.
   */
  reach(end: number): void {
    const pages = Math.ceil(end / PAGE) - this.memory.buffer.byteLength / PAGE
    if (pages <= 0) return
    try {
      this.memory.grow(pages)
    } catch (cause) {
      const message = `The model takes ${Math.ceil(end / 2 ** 20)} MiB of memory, which are not to be had`
      throw new OnusError("EngineMemoryExceeded", message, {
        cause,
        hint: "At most 4096 MiB can be addressed",
      })
    }
  }
}
