import { expect } from "chai"
import { fileNames } from "../../src/cli/commands/run.ts"

describe("names of output files", () => {
  it("stay in their folder", () => {
    expect(fileNames(["../a", "/etc/b", "c:\\d", "e\0f\n", ".."])).to.deep.equal([
      "__a",
      "_etc_b",
      "c__d",
      "e_f_",
      "_",
    ])
  })

  it("differ, whatever a system takes for the same", () => {
    expect(fileNames(["a/b", "a_b", "A_B", "a_b_2"])).to.deep.equal(["a_b", "a_b_2", "A_B_3", "a_b_2_2"])
  })
})
