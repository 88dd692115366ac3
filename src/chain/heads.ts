/** A block, as far as it is needed to know where the chain is. */
export interface Block {
  readonly number: number
  readonly hash: string
  readonly parentHash: string
  /** Unix seconds: the time that everything on-chain is judged by. */
  readonly timestamp: number
}

/** Where the chain is. */
export interface Head {
  readonly latest: Block
  /** The last block that no reorganisation will undo: by the chain's own word, or by depth where it has none. */
  readonly final: number
}

export { HeadFollower, type HeadOptions, type Reorg } from "./head-follower.ts"
