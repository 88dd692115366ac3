import { expect } from "chai"
import { id } from "ethers"
import { disputeTurn } from "../../src/facts/state/dispute.ts"
import { receiptState } from "../../src/facts/state/receipt.ts"
import { refusalInWords } from "../../src/facts/state/refusal.ts"
import { confidenceOf, scoreInWords } from "../../src/facts/state/score.ts"
import type { DisputeFacts } from "../../src/facts/source.ts"
import * as rows from "./rows.ts"
import { AS_OF, bond, conviction, credit, dispute, receipt, receiptFacts, reveal } from "./rows.ts"

describe("the state of a receipt", () => {
  it("is unknown, or signed, while nothing is reserved for it", () => {
    expect(receiptState(null, AS_OF)).to.include({ stage: "unknown", until: null, reserved: 0n })
    expect(receiptState(receiptFacts(), AS_OF).stage).to.equal("unknown")
    expect(receiptState(receiptFacts({ receipt: receipt() }), AS_OF).stage).to.equal("signed")
  })

  it("is anchored until its time and its block have both come", () => {
    const at = (until: number, untilBlock: number) =>
      receiptState(receiptFacts({ bond: bond({ until, untilBlock }) }), AS_OF)
    // Unix time is 100 seconds ahead of the registry's clock.
    expect(at(12_000, 90)).to.include({ stage: "anchored", until: 12_100, untilBlock: 90, reserved: 20n })
    expect(at(9_900, 90).stage, "its last second").to.equal("anchored")
    expect(at(9_899, 101).stage, "blocks are missing").to.equal("anchored")
    expect(at(9_899, 100)).to.include({ stage: "final", until: null })
  })

  it("is that of its batch, as long as nothing happened to it alone", () => {
    const whole = receiptFacts({ batch: rows.batch(), bond: bond() })
    expect(receiptState(null, AS_OF, whole).stage).to.equal("anchored")
    const disputed = receiptFacts({ receipt: receipt(), dispute: dispute(), bond: bond({ until: 13_000 }) })
    expect(receiptState(disputed, AS_OF, whole)).to.include({ stage: "disputed", until: 13_100 })
  })

  it("is disputed only as long as the dispute can lead to something", () => {
    const given = { receipt: receipt(), bond: bond({ until: 9_000, untilBlock: 90 }) }
    const ended = dispute({ until: 9_000, untilBlock: 90 })
    expect(receiptState(receiptFacts({ ...given, dispute: ended }), AS_OF).stage).to.equal("final")
    const claim = dispute({ kind: "omission", until: 0, untilBlock: 0 })
    expect(receiptState(receiptFacts({ receipt: receipt(), dispute: claim }), AS_OF).stage).to.equal(
      "disputed",
    )
  })

  it("is final when its bond went back, and says whether it was disputed", () => {
    const released = bond({ state: "released", amount: 0n })
    expect(receiptState(receiptFacts({ bond: released }), AS_OF).sentence).to.match(/^Unchallenged/)
    const dismissed = receiptFacts({ bond: released, dispute: dispute({ state: "dismissed" }) })
    expect(receiptState(dismissed, AS_OF)).to.include({ stage: "final" })
    expect(receiptState(dismissed, AS_OF).sentence).to.match(/^Disputed without success/)
    const batch = receiptFacts({ bond: released, batch: rows.batch({ convicted: 2 }) })
    expect(receiptState(batch, AS_OF).sentence).to.match(/^Of its answers 2 convicted/)
    expect(receiptState(null, AS_OF, batch).sentence, "one of the others").to.match(/^Unchallenged/)
  })

  it("is not final because nothing is left in its batch: that went to disputes", () => {
    for (const state of ["moved", "taken"] as const) {
      const empty = receiptFacts({ batch: rows.batch(), bond: bond({ state, amount: 0n, until: 9_000 }) })
      expect(receiptState(empty, AS_OF).stage, state).to.equal("disputed")
      expect(receiptState(null, AS_OF, empty).stage, state).to.equal("disputed")
    }
  })

  it("is convicted for good, also when the money went back", () => {
    const facts = receiptFacts({
      receipt: receipt({ isConvicted: true }),
      bond: bond(),
      convictions: [conviction(), conviction({ fault: "equivocation" })],
    })
    const { stage, faults, sentence } = receiptState(facts, AS_OF)
    expect({ stage, faults }).to.deep.equal({ stage: "convicted", faults: ["execution", "equivocation"] })
    expect(sentence).to.match(/not what the model computes, and two different answers/)
    const returned = receiptFacts({ convictions: [conviction({ isReturned: true })] })
    expect(receiptState(returned, AS_OF).sentence).to.match(/gave the money back$/)
    const other = receiptFacts({ receipt: receipt({ isConvicted: true }) })
    expect(receiptState(other, AS_OF).sentence).to.equal("Convicted: a fault was proven about it")
  })
})

describe("the turn of a dispute", () => {
  const facts = (fields: Partial<DisputeFacts> = {}): DisputeFacts => ({
    dispute: dispute(),
    reveals: [reveal()],
    receipt: null,
    bond: null,
    convictions: [],
    credits: [],
    ...fields,
  })
  const turn = (fields: Partial<DisputeFacts>) => disputeTurn(facts(fields), AS_OF)

  it("is the provider's while something is asked, by the earliest time", () => {
    const later = reveal({ due: 12_000, kind: "node", height: 0 })
    const { who, by, byBlock, act } = turn({ reveals: [later, reveal()] })
    expect({ who, by, byBlock }).to.deep.equal({ who: "provider", by: 11_100, byBlock: 120 })
    expect(act).to.contain("show the numbers")
    expect(turn({ reveals: [later] }).act).to.contain("that the leaf is empty")
    expect(turn({ reveals: [{ ...later, height: 9 }] }).act).to.contain("show the digests")
  })

  it("is anyone's when the answer is overdue, by time and block", () => {
    expect(turn({ reveals: [reveal({ due: 9_000, dueBlock: 101 })] }).who).to.equal("provider")
    expect(turn({ reveals: [reveal({ due: 9_000, dueBlock: 100 })] }).who).to.equal("anyone")
  })

  it("is the challenger's when everything was shown, as long as it can convict", () => {
    const shown = [reveal({ answeredAt: receipt().firstSeen })]
    expect(turn({ reveals: shown })).to.include({ who: "challenger", by: 13_100 })
    // Whoever uploads a proof in parts waits for nobody.
    expect(turn({ reveals: [...shown, reveal({ kind: "upload" })] }).who).to.equal("challenger")
    const ended = dispute({ until: 9_000, untilBlock: 50 })
    expect(turn({ reveals: shown, dispute: ended })).to.include({ who: "nobody", by: null })
  })

  it("is over when the place was shown, or nothing came of it", () => {
    const claim = dispute({ kind: "omission" })
    expect(turn({ dispute: claim, reveals: [reveal({ kind: "anchor" })] }).act).to.contain(
      "where the receipt",
    )
    expect(turn({ dispute: claim, reveals: [] }).act).to.contain("was anchored")
    expect(turn({ dispute: dispute({ state: "dismissed" }) }).who).to.equal("nobody")
  })

  it("is anyone's who wants to have the money paid, once it can be", () => {
    const convicted = dispute({ state: "convicted" })
    expect(turn({ dispute: convicted, credits: [credit()] })).to.include({ who: "nobody", by: 10_050 })
    expect(turn({ dispute: convicted, credits: [credit({ maturesAt: 9_900 })] }).who).to.equal("anyone")
    expect(turn({ dispute: convicted, credits: [credit({ state: "paid" })] }).act).to.contain(
      "everything was paid",
    )
  })
})

describe("a refusal in words", () => {
  it("says what nobody was told, and why", () => {
    expect(refusalInWords({ kind: 0, reason: null })).to.equal(
      "It was not told that its answer is disputed: it failed when it was called",
    )
    for (const [error, why] of [
      ["RecipientNotContract(address)", /final: it is no contract$/],
      ["InterfaceUnsupported(address)", /final: it does not say that it wants/],
    ] as const)
      expect(refusalInWords({ kind: 2, reason: id(error).slice(0, 10) })).to.match(why)
    expect(refusalInWords({ kind: 9, reason: "0x01020304" })).to.match(/what became .* reason 0x01020304$/)
  })
})

describe("a score in words", () => {
  const score = (fields: object = {}) =>
    ({ isScored: true, score: 0.629, uncertainty: 0.371, lossRatio: 0, ...fields }) as const

  it("says what it rests on, and is never rounded up", () => {
    expect(scoreInWords(score())).to.equal("0.62, uncertainty 0.37 (some history)")
    expect(scoreInWords(score({ uncertainty: 0.1 }))).to.contain("much history")
    expect(scoreInWords(score({ uncertainty: 0.9 }))).to.contain("little history")
    expect(scoreInWords(score({ lossRatio: 0.001 }))).to.match(/lost 1 % of what it exposed$/)
  })

  it("is no number while nothing was settled", () => {
    expect(scoreInWords(score({ isScored: false, score: 0 }))).to.equal("not scored")
    expect(confidenceOf(score({ isScored: false }))).to.equal("none")
  })
})
