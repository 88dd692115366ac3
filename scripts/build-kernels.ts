// Builds src/engine/kernels/kernels.wasm from AssemblyScript. With --check it only compares: the committed
// file must be what the sources give.
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { main } from "assemblyscript/asc"

const root = fileURLToPath(new URL("..", import.meta.url))
const source = "src/engine/kernels/assembly/index.ts"
const target = "src/engine/kernels/kernels.wasm"

const options = [
  ["--baseDir", root],
  ["--outFile", target],
  // No heap: the host owns the memory and passes every address.
  ["--runtime", "stub", "--noAssert", "--importMemory", "--sharedMemory"],
  ["--initialMemory", "1", "--maximumMemory", "65536"],
  ["--enable", "simd,threads,bulk-memory", "-O3", "--converge"],
  // "Exchange of v128 values": between files only, none is exchanged with the host.
  ["--disableWarning", "112"],
]

let built = new Uint8Array()
const { error } = await main([source, ...options.flat()], {
  stdout: process.stdout,
  stderr: process.stderr,
  writeFile: (_name, contents) => {
    built = contents as Uint8Array<ArrayBuffer>
  },
})

if (error) {
  console.error(error.message)
  process.exitCode = 1
} else if (!process.argv.includes("--check")) {
  writeFileSync(root + target, built)
  console.log(`${target}: ${built.length} bytes`)
} else if (!readFileSync(root + target).equals(built)) {
  console.error(`${target} is not what ${source} gives; run "node --import tsx scripts/build-kernels.ts"`)
  process.exitCode = 1
}
