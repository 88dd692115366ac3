import { expect } from "chai"
import { ZeroAddress, id } from "ethers"
import type { DemandState } from "../../../src/challenger/play/at-head.ts"
import { type Facts, type Plan, next } from "../../../src/challenger/play/execution/next.ts"
import { next as nextOfOmission } from "../../../src/challenger/play/omission/next.ts"
import type { Proof } from "../../../src/challenger/play/proof.ts"

const ME = "0xme"
const OTHER = "0xother"
const NOW = 100_000n
const TURN = 21_600n
const TAKEN = { taken: { bond: 2n, punitive: 1n, restitution: 1n, reward: 1n } }

const proof = { until: [], uploads: [] } as unknown as Proof
const PROVE: Plan = { kind: "prove", proof }
const ASK = { kind: "ask", questionId: id("question"), move: {} } as unknown as Plan
const WITHHELD: Plan = { kind: "withheld", questionId: id("question") }
const demand: DemandState = {
  challenger: ME,
  since: NOW - 500n,
  due: NOW - 10n,
  responder: ZeroAddress,
  precededSince: 0n,
  predecessor: ZeroAddress,
  bond: 1n,
}

const facts = (changes: Partial<Facts> = {}): Facts => ({
  me: ME,
  time: NOW,
  clock: NOW,
  turn: TURN,
  place: { bond: 2n, end: NOW + TURN, isOpen: true },
  convictedBy: undefined,
  isPaid: false,
  plan: PROVE,
  demand: undefined,
  commitment: { hash: id("evidence"), since: NOW - 100n },
  terms: 0n,
  rehearsal: TAKEN,
  hasSpent: false,
  ...changes,
})
const kindOf = (changes: Partial<Facts> = {}) => next(facts(changes)).kind
const NONE = { hash: id("evidence"), since: 0n }

describe("the next step of a dispute about a trace", () => {
  it("is a commitment as long as none counts, then what was committed to", () => {
    expect(kindOf({ commitment: NONE })).equal("commit")
    expect(next(facts({ commitment: { ...NONE, since: NOW - 901n } }))).include({
      kind: "commit",
      previous: NOW - 901n,
    })
    // About to run out, it would protect nothing when the conviction gets into a block.
    const old = { ...NONE, since: NOW - 880n }
    expect(kindOf({ commitment: { ...NONE, since: NOW - 870n } })).equal("convict")
    expect(kindOf({ commitment: old })).equal("wait")
    expect(kindOf({ commitment: old, place: { bond: 2n, end: NOW + 100n, isOpen: true } })).equal("convict")
    expect(kindOf({ plan: ASK, commitment: NONE })).equal("commit")
    expect(kindOf({ plan: ASK })).equal("demand")
  })

  it("needs no commitment where the question itself says who knew", () => {
    expect(kindOf({ plan: WITHHELD, demand, commitment: NONE })).equal("convict")
    // Its turn is over: the question protects nobody any more.
    const late = { ...demand, due: NOW - TURN - 1n }
    expect(kindOf({ plan: WITHHELD, demand: late, commitment: NONE })).equal("commit")
  })

  it("uploads the first part that the chain lacks, and concludes after the last", () => {
    const parts = { kind: "prove", proof: { ...proof, until: [10, 20], uploads: ["0x01", "0x02"] } } as const
    expect(kindOf({ plan: parts, commitment: NONE, rehearsal: undefined })).equal("commit")
    expect(next(facts({ plan: parts, terms: 0n }))).include({ kind: "advance", part: 0 })
    expect(next(facts({ plan: parts, terms: 10n }))).include({ kind: "advance", part: 1 })
    expect(kindOf({ plan: parts, terms: 20n })).equal("convict")
  })

  it("leaves half of its turn to who has asked before, and then convicts in its place", () => {
    const theirs = { ...demand, challenger: OTHER }
    expect(kindOf({ plan: WITHHELD, demand: theirs, commitment: NONE })).equal("wait")
    const end = { bond: 2n, end: NOW + TURN / 2n, isOpen: true }
    expect(kindOf({ plan: WITHHELD, demand: theirs, commitment: NONE, place: end })).equal("commit")
    expect(kindOf({ plan: WITHHELD, demand: theirs, commitment: { ...NONE, since: NOW - 600n } })).equal(
      "convict",
    )
    const preceded = { ...theirs, predecessor: ME, precededSince: NOW - 600n }
    expect(kindOf({ plan: WITHHELD, demand: preceded, commitment: NONE })).equal("convict")
    const byAnother = { ...demand, predecessor: OTHER, precededSince: NOW - 600n }
    expect(kindOf({ plan: WITHHELD, demand: byAnother, commitment: NONE })).equal("wait")
  })

  it("says that it knew first only if it did", () => {
    const theirs = { ...demand, challenger: OTHER, since: NOW - 50n }
    expect(kindOf({ plan: ASK, demand: theirs })).equal("precede")
    expect(kindOf({ plan: ASK, demand: { ...theirs, since: NOW - 100n } })).equal("wait")
    expect(kindOf({ plan: ASK, demand: theirs, commitment: NONE })).equal("wait")
    expect(kindOf({ plan: ASK, demand })).equal("wait")
  })

  it("takes the reward over without another commitment, or gives way", () => {
    expect(kindOf({ convictedBy: OTHER, isPaid: true })).equal("convict")
    const late = { convictedBy: OTHER, isPaid: true, rehearsal: { refusal: "AlreadyConvicted" } }
    expect(next(facts(late))).include({ kind: "over", state: "dropped" })
    expect(next(facts({ convictedBy: OTHER, isPaid: true, plan: ASK }))).include({ state: "dropped" })
    expect(next(facts({ isPaid: true, plan: ASK }))).include({ kind: "over", state: "dropped" })
  })

  it("waits for what passes, and for blocks that a node has not read yet", () => {
    for (const refusal of ["DisputesStopped", "WindowClosed", "NotAnchored"])
      expect(kindOf({ rehearsal: { refusal } })).equal("wait")
    expect(kindOf({ place: undefined })).equal("wait")
    expect(kindOf({ plan: WITHHELD, demand: { ...demand, responder: OTHER } })).equal("wait")
  })

  it("is over when nothing can follow: lost if anything was spent", () => {
    const closed = { bond: 2n, end: NOW - 1n, isOpen: false }
    for (const changes of [{ place: closed }, { plan: { kind: "agreement", reason: "" } as const }]) {
      expect(next(facts(changes))).include({ kind: "over", state: "dropped", isContradiction: false })
      expect(next(facts({ ...changes, hasSpent: true }))).include({ kind: "over", state: "lost" })
    }
  })

  it("is a contradiction when the referee finds the element right, and another way when it does not take the proof", () => {
    const rehearsal = { refusal: "NotGuilty" }
    expect(next(facts({ rehearsal }))).include({ kind: "over", state: "dropped", isContradiction: true })
    expect(next(facts({ rehearsal, hasSpent: true }))).include({ state: "lost", isContradiction: true })
    expect(next(facts({ rehearsal: { refusal: "TraceMismatch" } }))).deep.equal({
      kind: "unfit",
      code: "TraceMismatch",
    })
  })
})

describe("the next step about an omission", () => {
  const base = {
    me: ME,
    clock: NOW,
    block: 100n,
    isExcluded: false,
    isAnchored: false,
    claim: undefined,
    isConvicted: false,
  }
  const claim = { claimant: ME, due: NOW - 1n, dueBlock: 100n, isAnswered: false }

  it("claims only what is claimable and in no known place", () => {
    expect(nextOfOmission({ ...base, rehearsal: TAKEN }).kind).equal("omission")
    expect(nextOfOmission({ ...base, isAnchored: true, rehearsal: TAKEN })).include({ state: "dropped" })
    expect(nextOfOmission({ ...base, isExcluded: true, rehearsal: TAKEN })).include({ state: "dropped" })
    expect(nextOfOmission({ ...base, rehearsal: { refusal: "NotDue" } }).kind).equal("wait")
    expect(nextOfOmission({ ...base, rehearsal: { refusal: "Excused" } })).include({ state: "dropped" })
  })

  it("waits for both the time and the block", () => {
    const waits = (changes: object) =>
      nextOfOmission({ ...base, claim: { ...claim, ...changes }, rehearsal: TAKEN }).kind === "wait"
    expect(waits({ due: NOW })).equal(true)
    expect(waits({ dueBlock: 101n })).equal(true)
    expect(waits({})).equal(false)
  })

  it("takes the reward over from who convicted in the claimant's place", () => {
    expect(nextOfOmission({ ...base, claim, isConvicted: true, rehearsal: TAKEN }).kind).equal("convict")
    const theirs = { ...claim, claimant: OTHER, due: NOW - 2n * 86_400n }
    expect(nextOfOmission({ ...base, claim: theirs, isConvicted: true, rehearsal: TAKEN })).include({
      state: "dropped",
    })
  })
})
