import { expect } from "chai"
import { Bytes } from "../../../src/challenger/fetch/bytes.ts"

describe("bytes that come piece by piece", () => {
  const MOST = 100_000
  const piece = (length: number, value: number) => new Uint8Array(length).fill(value)

  it("take no more room than they may have, and no more than was told", () => {
    const unknown = new Bytes(MOST)
    for (let i = 0; i < 9; i++) unknown.add(piece(10_000, i))
    expect(unknown.all().buffer.byteLength).to.be.at.most(MOST)
    expect([...unknown.all()].filter((value) => value === 8)).to.have.length(10_000)
    const told = new Bytes(MOST)
    told.expect(50_000)
    for (let i = 0; i < 5; i++) told.add(piece(10_000, i))
    expect([told.all().buffer.byteLength, told.length, told.all()[49_999]]).to.deep.equal([50_000, 50_000, 4])
    // Whoever tells something else is believed as to what comes.
    const lying = new Bytes(MOST)
    lying.expect(1e12)
    lying.expect(20_000)
    lying.add(piece(30_000, 1))
    expect(lying.length).to.equal(30_000)
  })
})
