import { createRequire } from "node:module"
import { join } from "node:path"
import { expect } from "chai"
import type { AstNode } from "../../scripts/mutants/ast.ts"
import { type Result, campaign, tally } from "../../scripts/mutants/campaign.ts"
import { type Mutant, applied, mutantsOf } from "../../scripts/mutants/generate.ts"
import { type Known, matches, readKnown, staleOf } from "../../scripts/mutants/known.ts"
import { readOptions } from "../../scripts/mutants/options.ts"
import { shuffled } from "../../scripts/mutants/sample.ts"
import { KNOWN } from "../../scripts/mutants/subjects.ts"
import type { Verdict } from "../../scripts/mutants/trial.ts"

const ROOT = join(import.meta.dirname, "..", "..")
const FILE = "contracts/core/Sample.sol"

interface Output {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[]
  readonly sources: Readonly<Record<string, { readonly ast: AstNode }>>
}

function compile(text: string): Output {
  const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string }
  const settings = { outputSelection: { "*": { "": ["ast"] } } }
  const sources = { [FILE]: { content: text } }
  return JSON.parse(solc.compile(JSON.stringify({ language: "Solidity", sources, settings }))) as Output
}

/** A contract with these members. */
const contractOf = (members: string) => `// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;
// Umlauts are two bytes: äöü
library Math {
    function min(uint256 a, uint256) internal pure returns (uint256 least) { least = a; }
    function max(uint256 a, uint256) internal pure returns (uint256 most) { most = a; }
}
contract Sample {
${members}
}
`

function generate(members: string): { text: string; mutants: Mutant[] } {
  const text = contractOf(members)
  const { errors = [], sources } = compile(text)
  expect(errors.filter(({ severity }) => severity === "error")).to.deep.equal([])
  const mutants = mutantsOf(FILE, text, sources[FILE].ast)
  return { text, mutants: mutants.filter(({ line }) => line > 8) }
}

/** Operators and lines of all mutants of the members. */
const changes = (members: string) =>
  generate(members).mutants.map(({ operator, mutated }) => `${operator}: ${mutated}`)

describe("the mutants of a contract", () => {
  it("are other operators and other constants", () => {
    const found = changes("function f(uint256 a) external pure returns (uint256 b) {\nb = a +\n(7 days);\n}")
    expect(found).to.have.members([
      "removed statement: {}",
      "arithmetic: b = a -",
      "constant: ((7 days + 1));",
      "constant: ((7 days - 1));",
    ])
  })

  it("are other bounds, connectives and negations", () => {
    const found = changes(
      "function f(uint256 a, bool b) external pure returns (bool) {\nreturn a < 0 || (b && !b);\n}",
    )
    expect(found).to.have.members([
      "bound: return a <= 0 || (b && !b);",
      "comparison: return a >= 0 || (b && !b);",
      "connective: return a < 0 && (b && !b);",
      "connective: return a < 0 || (b || !b);",
      "negation: return a < 0 || (b && b);",
      "constant: return a < 1 || (b && !b);",
      "returned value: return !(a < 0 || (b && !b));",
    ])
  })

  it("are without a guard, an event, a call or a modifier", () => {
    const found = changes(`error Bad(); event Done(); modifier once() { _; }
function f(bool a) external once {
if (a) revert Bad();
require(!a);
emit Done();
}`)
    expect(found).to.include.members([
      "removed modifier: function f(bool a) external {",
      "removed guard: {}",
      "negation: if (!(a)) revert Bad();",
      "removed statement: {}",
    ])
    expect(found.filter((change) => change === "removed statement: {}")).to.have.length(2)
  })

  it("swap arguments of one type only, and min with max", () => {
    const found = changes(`event Paid(address who, uint256 a, uint256 b);
function f(address c, uint256 a, uint256 b) external {
emit Paid(c, a, b);
a = Math.min(a, b);
}`)
    expect(found).to.have.members([
      "removed statement: {}",
      "swapped arguments: emit Paid(c, b, a);",
      "removed statement: {}",
      "min and max: a = Math.max(a, b);",
    ])
  })

  it("leave loops their steps, and interfaces and assembly alone", () => {
    const found = changes(
      `interface I { function g(uint256 a) external; }
function f() external pure { assembly { mstore(1, add(2, 3)) }
for (uint256 i; i != 5; ++i) {}
}`.replace(/^.*\n/, ""),
    )
    expect(found.filter((change) => !change.startsWith("constant"))).to.have.members([
      "step: for (uint256 i; i != 5; --i) {}",
      "comparison: for (uint256 i; i == 5; ++i) {}",
    ])
  })

  it("say where they are, and all of these compile", () => {
    const { text, mutants } = generate(
      'string public constant NAME = unicode"ä"; function pay(uint256 a) external pure returns (uint256) {\nreturn a - 1;\n}',
    )
    expect(mutants.map(({ line, within }) => `${line} ${within}`)).to.deep.equal([
      "9 Sample",
      ...Array<string>(4).fill("10 pay"),
    ])
    for (const mutant of mutants) {
      expect(compile(applied(mutant, text)).sources).to.have.property(FILE)
      expect(applied(mutant, text)).to.include("Umlauts are two bytes: äöü").and.not.equal(text)
    }
  })
})

describe("the sample of mutants", () => {
  const numbers = Array.from({ length: 100 }, (_, i) => i)

  it("depends on the seed alone", () => {
    expect(shuffled(numbers, 7)).to.deep.equal(shuffled(numbers, 7))
    expect(shuffled(numbers, 7)).to.not.deep.equal(shuffled(numbers, 8))
    expect(shuffled(numbers, 7)).to.have.members(numbers)
  })

  it("is the same however long each takes, until enough of them count", async () => {
    const mutants = numbers.map((line) => ({ ...MUTANT, line }))
    const kinds = ["invalid", "equivalent", "survived", "killed"] as const
    const lane =
      (delay: (line: number) => number) =>
      async ({ line }: Mutant): Promise<Verdict> => {
        await new Promise((resolve) => setTimeout(resolve, delay(line)))
        const kind = kinds[line % 4]
        return kind === "killed" ? { kind, by: "a test" } : { kind }
      }
    const lines = async (...delays: ((line: number) => number)[]) => {
      const results = await campaign(mutants, 10, [], delays.map(lane), () => {})
      expect(tally(results)).to.deep.equal({ killed: 5, survived: 5, score: 0.5 })
      return results.map(({ mutant }) => mutant.line)
    }
    expect(await lines(() => 0)).to.deep.equal(numbers.slice(0, 20))
    expect(
      await lines(
        (line) => line % 3,
        () => 1,
        (line) => 5 - (line % 5),
      ),
    ).to.deep.equal(numbers.slice(0, 20))
  })
})

const MUTANT: Mutant = {
  file: FILE,
  line: 5,
  within: "pay",
  operator: "bound",
  original: "if (a < b) return;",
  mutated: "if (a <= b) return;",
  edit: { start: 0, end: 1, replacement: "" },
}

describe("the list of known survivors", () => {
  const { file, within, original, mutated } = MUTANT
  const entry: Known = { file, within, original, mutated, reason: "Both do nothing when a is b." }

  it("goes by file, function and text, and not by the line's number", () => {
    expect(matches(entry, { ...MUTANT, line: 77 })).to.equal(true)
    expect(matches({ ...entry, within: undefined }, MUTANT)).to.equal(true)
    for (const other of [{ file: "contracts/A.sol" }, { within: "get" }, { original: "" }, { mutated: "" }])
      expect(matches(entry, { ...MUTANT, ...other }), JSON.stringify(other)).to.equal(false)
  })

  it("does not count what survives, but counts what dies", () => {
    const result = (kind: "killed" | "survived"): Result => {
      return {
        mutant: MUTANT,
        verdict: kind === "killed" ? { kind, by: "a test" } : { kind },
        seconds: 1,
        known: entry,
      }
    }
    expect(tally([result("survived")])).to.deep.equal({ killed: 0, survived: 0, score: 1 })
    expect(tally([result("killed")])).to.deep.equal({ killed: 1, survived: 0, score: 1 })
  })

  it("names entries that match nothing any more", () => {
    const stale = { ...entry, original: "if (a > b) return;" }
    expect(staleOf([entry, stale], [MUTANT])).to.deep.equal([stale])
  })

  it("of this project has a reason for every entry", () => {
    expect(readKnown(join(ROOT, KNOWN))).to.be.an("array")
  })
})

describe("the arguments of the mutants", () => {
  it("are 200 of seed 1 if none are given", () => {
    expect(readOptions([])).to.include({ count: 200, seed: 1, list: false, json: false })
    expect(readOptions(["--all"])).to.include({ count: Infinity })
    expect(readOptions(["--help", "--count", "8"])).to.equal(undefined)
  })

  it("are refused when they mean nothing", () => {
    for (const args of [["--count", "0"], ["--count", "1e3"], ["--seed", "-1"], ["--some"], ["Stake"]])
      expect(() => readOptions(args), args.join(" ")).to.throw()
  })
})
