import { type Result, getBytes } from "ethers"
import type { Shown } from "../../engine/audit/game/partial-trace.ts"
import type { HiddenSpace, Question } from "../../engine/audit/game/question.ts"
import type { Asked, Position } from "../../engine/audit/game/solve.ts"
import type { ElementType, Space } from "../../protocol/program.ts"
import { readClocks } from "../chain-time.ts"
import { call } from "../errors.ts"
import { type Accused, type Court, idOf } from "./court.ts"

/** A demand as the chain shows it. */
export interface Demand extends Asked {
  readonly questionId: string
  readonly challenger: string
  /** Wei. */
  readonly bond: bigint
  /** Who answered. */
  readonly responder?: string | undefined
  /** Whether its bond was paid. */
  readonly settled: boolean
}

/** A {@link Position} with everything that its demands were about. */
export interface GameState extends Position {
  readonly asked: readonly Demand[]
  /** Unix seconds of the same block. */
  readonly unixTime: bigint
}

/**
 * Reads a game from the events of its receipt.
 *
 * @param from The first block that can hold one: that of the receipt's anchor, or of the deployment.
 * @param to The last one; the latest by default.
 */
export async function readGame(
  court: Court,
  accused: Pick<Accused, "receipt">,
  { from = 0, to }: { readonly from?: number; readonly to?: number } = {},
): Promise<GameState> {
  const { judge, registry } = court
  const { time: unixTime, clock: time, block } = await readClocks(court, to)
  const id = idOf(court, accused)
  const logs = await call(
    judge.runner!.provider!.getLogs({
      address: await judge.getAddress(),
      topics: [null, id],
      fromBlock: from,
      toBlock: Number(block),
    }),
  )
  return { registry, receipt: accused.receipt, ...gameIn(judge, logs), time, unixTime, block }
}

/** What the events of a game say, in their order. */
export function gameIn(
  { interface: events }: Pick<Court["judge"], "interface">,
  logs: readonly { readonly topics: readonly string[]; readonly data: string }[],
): Pick<GameState, "asked" | "postedRoot"> {
  const demands = new Map<string, Demand>()
  const change = (questionId: string, to: Partial<Demand>) => {
    const demand = demands.get(questionId)
    if (demand) demands.set(questionId, { ...demand, ...to })
  }
  let postedRoot: string | undefined
  for (const log of logs) {
    const event = events.parseLog(log)
    if (!event) continue
    const { questionId, responder, ...args } = event.args.toObject() as EventArgs
    switch (event.name) {
      case "TraceRootPosted":
        postedRoot = args.root
        break
      case "Demanded":
        demands.set(questionId, demandOf(questionId, args))
        break
      case "NodeAnswered":
        change(questionId, { responder, shown: nodeOf(args.descendants) })
        break
      case "ChunkAnswered":
        change(questionId, { responder, shown: { kind: "chunk", data: getBytes(args.data) } })
        break
      case "LeafAnswered":
        change(questionId, { responder, shown: { kind: "tensor" } })
        break
      case "Settled":
        change(questionId, { settled: true })
    }
  }
  return { postedRoot, asked: [...demands.values()] }
}

/** What the events of a game say, together. */
interface EventArgs {
  readonly questionId: string
  readonly challenger: string
  readonly responder: string
  readonly root: string
  readonly question: Result
  readonly due: bigint
  readonly dueBlock: bigint
  readonly bond: bigint
  readonly descendants: readonly string[]
  readonly data: string
}

function demandOf(
  questionId: string,
  { challenger, question, due, dueBlock, bond }: Omit<EventArgs, "questionId" | "responder">,
): Demand {
  return { questionId, challenger, question: questionOf(question), due, dueBlock, bond, settled: false }
}

/** A question as an event holds it. */
interface EncodedQuestion extends Readonly<Record<"space" | "height" | "index", bigint>> {
  readonly tensor: Readonly<Record<"space" | "elementType" | "id" | "firstLeaf" | "length", bigint>>
}

/** A question out of the arguments of an event. */
export function questionOf(encoded: Result): Question {
  // As objects: `length` is also that of a tuple.
  const { space, height, index, tensor } = encoded.toObject(true) as EncodedQuestion
  return {
    space: Number(space) as HiddenSpace,
    height: Number(height),
    index: Number(index),
    tensor: {
      space: Number(tensor.space) as Space,
      type: Number(tensor.elementType) as ElementType,
      id: Number(tensor.id),
      firstLeaf: Number(tensor.firstLeaf),
      length: Number(tensor.length),
    },
  }
}

const nodeOf = (descendants: readonly string[]): Shown => ({
  kind: "node",
  descendants: descendants.map((digest) => getBytes(digest)),
})
