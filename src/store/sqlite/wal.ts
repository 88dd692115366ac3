import { existsSync, readFileSync } from "node:fs"

const HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24

/**
 * Looks for damage in the write-ahead log beside a SQLite file. SQLite takes the first frame whose checksum is wrong for the end of
 * the log, as after losing power, and forgets everything behind it without a word: also what was acknowledged.
 *
 * A transaction begins only when the one before is on the disk. So a wrong frame is no torn write if frames follow a commit behind
 * it: that commit, and everything before it, was on the disk.
 *
 * @returns what is wrong, or undefined.
 */
export function damageOfWal(path: string): string | undefined {
  if (!existsSync(`${path}-wal`)) return undefined
  const bytes = readFileSync(`${path}-wal`)
  if (bytes.length < HEADER_BYTES + FRAME_HEADER_BYTES) return undefined
  const log = new Log(bytes)
  const end = log.validFrames()
  let hasCommit = false
  for (let frame = end; frame < log.count; frame++) {
    if (!log.isOfThisLog(frame)) continue
    if (hasCommit) return `frame ${end + 1} of ${log.count} of its write-ahead log is damaged`
    hasCommit = log.isCommit(frame)
  }
  return undefined
}

/** A write-ahead log as SQLite's file format describes it: a header, and frames of a header and a page each. */
class Log {
  readonly count: number
  readonly #view: DataView
  readonly #frameBytes: number
  readonly #isLittleEndian: boolean

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const pageBytes = this.#view.getUint32(8)
    // A damaged header may say anything; pages of new files have 4096 bytes.
    const isSize = pageBytes >= 512 && pageBytes <= 65536 && Number.isInteger(Math.log2(pageBytes))
    this.#frameBytes = FRAME_HEADER_BYTES + (isSize ? pageBytes : 4096)
    this.#isLittleEndian = (this.#view.getUint32(0) & 1) === 0
    this.count = Math.floor((bytes.length - HEADER_BYTES) / this.#frameBytes)
  }

  /** How many frames are as they were written, from the first one on. */
  validFrames(): number {
    if (!this.#hasGoodHeader()) return 0
    let sums = this.#headerSums()
    for (let frame = 0; frame < this.count; frame++) {
      const start = this.#start(frame)
      sums = this.#sum(sums, start, 8)
      sums = this.#sum(sums, start + FRAME_HEADER_BYTES, this.#frameBytes - FRAME_HEADER_BYTES)
      if (!this.#hasSalts(frame, 16) || !this.#isAt(start + 16, sums)) return frame
    }
    return this.count
  }

  /** Whether a frame is no remainder of an earlier log: each has salts of its own, in the header and in every frame. */
  isOfThisLog(frame: number): boolean {
    // A log that has just begun anew has a good header before frames of the old one.
    return this.#hasSalts(frame, this.#hasGoodHeader() ? 16 : HEADER_BYTES + 8)
  }

  isCommit(frame: number): boolean {
    return this.#view.getUint32(this.#start(frame) + 4) !== 0
  }

  #headerSums(): Sums {
    return this.#sum([0, 0], 0, HEADER_BYTES - 8)
  }

  #hasGoodHeader(): boolean {
    return this.#isAt(HEADER_BYTES - 8, this.#headerSums())
  }

  #start(frame: number): number {
    return HEADER_BYTES + frame * this.#frameBytes
  }

  #hasSalts(frame: number, at: number): boolean {
    const start = this.#start(frame) + 8
    const same = (i: number) => this.#view.getUint32(start + i) === this.#view.getUint32(at + i)
    return same(0) && same(4)
  }

  #isAt(offset: number, [a, b]: Sums): boolean {
    return this.#view.getUint32(offset) === a && this.#view.getUint32(offset + 4) === b
  }

  #sum([a, b]: Sums, start: number, length: number): Sums {
    for (let at = start; at < start + length; at += 8) {
      a = (a + this.#view.getUint32(at, this.#isLittleEndian) + b) >>> 0
      b = (b + this.#view.getUint32(at + 4, this.#isLittleEndian) + a) >>> 0
    }
    return [a, b]
  }
}

type Sums = readonly [number, number]
