import type { ProviderFacts } from "../../../../src/facts/source.ts"
import { count, day, percent } from "../../components/format.ts"
import { Amount, Tile } from "../../components/parts.tsx"

/** The five figures that matter most, each with what it is a part of. */
export function Headline({ provider }: { readonly provider: ProviderFacts }) {
  const { active, locked, thawing, capacity, anchored, released, convicted } = provider
  const { reExecuted, reExecutedShare, reExecutors } = provider
  const { disputesOpen, disputesWon, disputesLost, slashed, lastFaultAt, answersGiven, answersMissed } =
    provider
  const asked = answersGiven + answersMissed
  return (
    <dl className="tiles">
      <Tile label="Stake at risk" figure={<Amount value={active} />}>
        <Amount value={locked} hasSymbol={false} /> locked, <Amount value={thawing} hasSymbol={false} />{" "}
        leaving, room for <Amount value={capacity} hasSymbol={false} />
      </Tile>
      <Tile label="Receipts anchored" figure={count(anchored)}>
        {count(released)} final, {count(Math.max(0, anchored - released - convicted))} not yet,{" "}
        {count(convicted)} convicted
      </Tile>
      <Tile
        label="Re-executed by others"
        figure={reExecutedShare === null ? undefined : percent(reExecutedShare)}
      >
        {reExecuted === 0
          ? "nobody has shown to have computed one again"
          : `${count(reExecuted)} receipts, by ${count(reExecutors)} others`}
      </Tile>
      <Tile
        label="Disputes lost"
        figure={
          <>
            {count(disputesLost)}
            <small> of {count(disputesLost + disputesWon)} ended</small>
          </>
        }
      >
        {count(disputesOpen)} open, <Amount value={slashed} /> taken
        {lastFaultAt > 0 && `, last fault ${day(lastFaultAt)}`}
      </Tile>
      <Tile label="Answers when challenged" figure={asked === 0 ? undefined : percent(answersGiven / asked)}>
        {asked === 0
          ? "nobody has asked it anything"
          : `${count(answersGiven)} in time, ${count(answersMissed)} not`}
      </Tile>
    </dl>
  )
}
