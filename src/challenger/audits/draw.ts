import { AbiCoder, keccak256 } from "ethers"

/** What a draw depends on. */
export interface Drawn {
  /** Nonzero once it is drawn. */
  readonly seed: bigint
  /** Leaves of the batch. */
  readonly count: bigint
  readonly audits: bigint
  /** Numbers of seats there were. */
  readonly seats: bigint
}

/** Seats that have a turn, one after the other. Twin of `Audits`. */
export const TURNS = 4

const coder = AbiCoder.defaultAbiCoder()
const hash = (...words: readonly bigint[]): bigint =>
  BigInt(
    keccak256(
      coder.encode(
        words.map(() => "uint256"),
        words,
      ),
    ),
  )

/** Which leaf an audit is about. Twin of `IAudits.drawnIndex`. */
export function leafOf({ seed, count, audits }: Drawn, number: bigint): number {
  const first = (number * count) / audits
  const end = ((number + 1n) * count) / audits
  return Number(first + (hash(seed, number) % (end - first)))
}

/** Which seats have a turn for an audit, in their order. Twin of `IAudits.onTurn`. */
export const seatsOf = ({ seed, seats }: Drawn, number: bigint): readonly bigint[] =>
  Array.from({ length: TURNS }, (_, turn) => hash(seed, number, BigInt(turn)) % seats)
