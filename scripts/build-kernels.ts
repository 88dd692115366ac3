// Builds what is written in AssemblyScript. With --check it only compares: the committed files must be what
// the sources give.
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { main } from "assemblyscript/asc"

const root = fileURLToPath(new URL("..", import.meta.url))

const COMMON = [
  ["--baseDir", root],
  ["--outFile", "built.wasm"],
  // No heap: the host passes every address.
  ["--runtime", "stub", "--noAssert", "-O3", "--converge"],
  // "Exchange of v128 values": between files only, none is exchanged with the host.
  ["--disableWarning", "112"],
]

interface Target {
  readonly source: string
  readonly file: string
  readonly options: readonly string[][]
  /** What the file holds of the code. */
  readonly contents: (code: Buffer) => Buffer
}

const TARGETS: readonly Target[] = [
  {
    source: "src/engine/kernels/assembly/index.ts",
    file: "src/engine/kernels/kernels.wasm",
    options: [
      ["--importMemory", "--sharedMemory", "--initialMemory", "1", "--maximumMemory", "65536"],
      ["--enable", "simd,threads,bulk-memory"],
    ],
    contents: (code) => code,
  },
  {
    source: "src/engine/kernels/assembly/sha256.ts",
    file: "src/protocol/sha256-lanes.wasm.ts",
    // Two pages hold what is hashed at once.
    options: [
      ["--initialMemory", "2"],
      ["--enable", "simd,bulk-memory"],
    ],
    contents: (code) =>
      Buffer.from(
        `/** Made by scripts/build-kernels.ts. */\nexport const LANES =\n  "${code.toString("base64")}"\n`,
      ),
  },
]

for (const { source, file, options, contents } of TARGETS) {
  let code: Buffer = Buffer.alloc(0)
  const { error } = await main([source, ...COMMON.flat(), ...options.flat()], {
    stdout: process.stdout,
    stderr: process.stderr,
    writeFile: (_name, written) => {
      code = Buffer.from(written as Uint8Array)
    },
  })
  if (error) {
    console.error(error.message)
    process.exitCode = 1
  } else if (!process.argv.includes("--check")) {
    writeFileSync(root + file, contents(code))
    console.log(`${file}: ${code.length} bytes of code`)
  } else if (!readFileSync(root + file).equals(contents(code))) {
    console.error(`${file} is not what ${source} gives; run "npm run kernels"`)
    process.exitCode = 1
  }
}
