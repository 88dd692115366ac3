import { expect } from "chai"
import { type Address, Directory } from "../../../src/challenger/watch/directory.ts"
import { Disputes, type Move, type MoveName } from "../../../src/challenger/watch/disputes.ts"
import { describeBackends } from "../../store/backends.ts"
import { word } from "../book/samples.ts"

const [ONE, TWO] = [word(1), word(2)]
const [ASKED, ELSE] = [word(11), word(12)]
const [CHALLENGER, PROVIDER] = [`0x${"c1".repeat(20)}`, `0x${"a1".repeat(20)}`]
const [PAYOUT, OFFENCE] = [word(21), word(22)]

const range = (from: number, to: number) => ({ from, to, final: 0 })

/** Something that happened as the first event of a block. */
const move = (name: MoveName, block: number, more: Partial<Move> = {}): Move => ({
  name,
  subject: ONE,
  question: name === "demanded" || name === "answered" || name === "settled" ? ASKED : "",
  actor: CHALLENGER,
  due: 700,
  dueBlock: 70,
  amount: 5n,
  block,
  place: 0,
  ...more,
})

describeBackends("disputes of others", (backend) => {
  let disputes: Disputes
  beforeEach(async () => (disputes = await Disputes.open(await backend.open())))
  const open = async () => (await disputes.open(9)).map(({ receiptId }) => receiptId)

  it("are open until everything was paid for that was asked", async () => {
    await disputes.replace(
      [
        move("demanded", 5),
        move("demanded", 6, { question: ELSE }),
        move("claimed", 7, { subject: TWO, question: "" }),
      ],
      range(1, 9),
    )
    expect(await open()).deep.equal([ONE, TWO])
    await disputes.replace(
      [
        move("posted", 10, { question: word(33) }),
        move("answered", 11),
        move("settled", 12, { actor: PROVIDER }),
      ],
      range(10, 19),
    )
    expect(await open()).deep.equal([ONE, TWO])
    expect(await disputes.ended(0, 9)).deep.equal([])
    const { asked, postedRoot, block, isOpen } = (await disputes.of(ONE.toUpperCase().replace("0X", "0x")))!
    expect([postedRoot, block, isOpen]).deep.equal([word(33), 5, true])
    const common = { challenger: CHALLENGER, due: 700, dueBlock: 70, bond: 5n }
    expect(asked).deep.equal([
      { ...common, questionId: ASKED, isAnswered: true, paidTo: PROVIDER },
      { ...common, questionId: ELSE, isAnswered: false },
    ])
    await disputes.replace([move("settled", 20, { question: ELSE, actor: PROVIDER })], range(20, 29))
    expect(await open()).deep.equal([TWO])
    expect((await disputes.ended(20, 9)).map(({ receiptId }) => receiptId)).deep.equal([ONE])
    expect(await disputes.ended(21, 9)).deep.equal([])
    expect(await disputes.of(word(3))).equal(undefined)
  })

  it("end with a conviction, whose reward may move and whose takings may go back", async () => {
    const convicted = move("convicted", 6, { question: `1 ${PAYOUT} ${OFFENCE}`, amount: 90n })
    await disputes.replace([move("demanded", 5), convicted], range(1, 9))
    expect(await open()).deep.equal([])
    const conviction = async () => (await disputes.of(ONE))!.convictions
    const common = { accusation: "execution", payoutId: PAYOUT, taken: 90n } as const
    expect(await conviction()).deep.equal([{ ...common, challenger: CHALLENGER, isReturned: false }])
    const moved = move("moved", 10, { question: OFFENCE, actor: PROVIDER })
    const returned = move("returned", 11, { subject: PAYOUT })
    await disputes.replace([moved, returned], range(10, 19))
    expect(await conviction()).deep.equal([{ ...common, challenger: PROVIDER, isReturned: true }])
  })

  it("are what the blocks hold that were read last", async () => {
    await disputes.replace([move("demanded", 5), move("demanded", 15, { question: ELSE })], range(1, 19))
    await disputes.replace([move("demanded", 14, { question: ELSE, due: 800 })], range(10, 19))
    const asked = async () =>
      (await disputes.of(ONE))!.asked.map(({ questionId, due }) => [questionId, due] as const)
    expect(await asked()).deep.equal([
      [ASKED, 700],
      [ELSE, 800],
    ])
    // An event that a node has found late, and once more.
    for (let i = 0; i < 2; i++)
      await disputes.replace([move("demanded", 3, { question: word(13), place: 4 })], range(20, 29))
    expect(await asked()).have.length(3)
    await disputes.prune(14)
    expect(await asked()).have.length(3)
    await disputes.prune(15)
    expect(await disputes.of(ONE)).equal(undefined)
  })
})

describeBackends("a directory of providers", (backend) => {
  it("knows the last word of each provider, and the first of each model", async () => {
    const directory = await Directory.open(await backend.open())
    const say = (kind: Address["kind"], uri: string, block: number, place = 0): Address => {
      return { kind, subject: PROVIDER.toUpperCase().replace("0X", "0x"), uri, block, place }
    }
    await directory.replace(
      [say("provider", "a", 5), say("provider", "b", 5, 1), say("model", "c", 6), say("model", "d", 7)],
      range(1, 9),
    )
    expect(await directory.uriOf(PROVIDER)).equal("b")
    expect(await directory.modelUriOf(PROVIDER)).equal("c")
    await directory.replace([say("provider", "e", 4)], range(5, 9))
    expect(await directory.uriOf(PROVIDER)).equal("e")
    expect(await directory.modelUriOf(PROVIDER)).equal(undefined)
    await directory.replace([say("provider", "x".repeat(2049), 6)], range(5, 9))
    expect(await directory.uriOf(PROVIDER)).equal(undefined)
  })
})
