import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { expect } from "chai"
import { run } from "../cli/run.ts"
import { COMPILED, SOURCES } from "../helpers/sources.ts"

const ROOT = join(import.meta.dirname, "..", "..")
const SCRIPT = join(ROOT, "scripts", "checks", "layers.ts")

describe("the check of the layers", () => {
  let tree: string

  beforeEach(() => (tree = mkdtempSync(join(tmpdir(), "onus-layers-"))))
  afterEach(() => rmSync(tree, { recursive: true }))

  const check = (root: string) => run(process.execPath, [...SOURCES, SCRIPT, root], ROOT, COMPILED)
  const write = (file: string, content: string) => {
    mkdirSync(dirname(join(tree, file)), { recursive: true })
    writeFileSync(join(tree, file), `${content}\n`)
  }

  it("passes on this project", async () => {
    expect(await check(ROOT)).to.deep.equal({ code: 0, stdout: "", stderr: "" })
  })

  it("passes what points downwards, comments, and mocks", async () => {
    write("src/protocol/a.ts", 'import { x } from "ethers"\nimport { y } from "node:crypto"')
    write(
      "src/protocol/b.ts",
      '// see import("../sdk/a.ts")\n/**\n * from "../cli/a.ts"\n */\nexport * from "./a.ts"',
    )
    write("src/cli/a.ts", 'import {\n  type X,\n  y,\n} from "../sdk/a.ts"\nawait import("../engine/a.ts")')
    write("contracts/mocks/A.sol", 'import {B} from "../core/B.sol";')
    expect(await check(tree)).to.deep.equal({ code: 0, stdout: "", stderr: "" })
  })

  it("names every kind of violation", async () => {
    write("src/protocol/from.ts", 'import {\n  type X,\n  y,\n} from "../sdk/a.ts"')
    write("src/protocol/bare.ts", 'import "../engine/a.ts"')
    write("src/protocol/all.ts", 'import * as all from "../tour/a.ts"')
    write("src/protocol/dynamic.ts", 'const a = await import("../cli/a.ts")')
    write("src/protocol/type.ts", "type A = typeof import('../cli/b.ts')")
    write("src/protocol/package.ts", 'import { readFileSync } from "node:fs"')
    write("src/engine/executor.ts", 'export { a } from "../sdk/a.ts"')
    write("src/other/a.ts", "")
    write("src/loose.ts", "")
    write("contracts/types/A.sol", 'import {B} from "../core/B.sol";')
    write("contracts/types/C.sol", 'import "../faults/D.sol";')
    write("contracts/other/A.sol", "")
    const { code, stderr } = await check(tree)
    expect(code).to.equal(1)
    const named = stderr
      .trim()
      .split("\n")
      .map((line) => line.split(/;| in /)[0])
    expect(named.sort()).to.deep.equal([
      "contracts/other has no rule",
      "contracts/types/A.sol imports contracts/core/B.sol",
      "contracts/types/C.sol imports contracts/faults/D.sol",
      "src/engine/executor.ts imports src/sdk/a.ts",
      "src/loose.ts has no rule",
      "src/other has no rule",
      "src/protocol/all.ts imports src/tour/a.ts",
      "src/protocol/bare.ts imports src/engine/a.ts",
      "src/protocol/dynamic.ts imports src/cli/a.ts",
      "src/protocol/from.ts imports src/sdk/a.ts",
      "src/protocol/package.ts imports node:fs",
      "src/protocol/type.ts imports src/cli/b.ts",
    ])
  })
})
