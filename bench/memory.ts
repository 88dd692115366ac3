// What a network of 143 M parameters takes from the file to the answer: `npm run bench:memory`.
//
// The file is made by a process of its own, so that only `onus run` is measured. Prints the greatest resident size.
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { tensorOf } from "../src/engine/onnx/elements.ts"
import { saveOnnx } from "../src/engine/onnx/save.ts"
import { encodeTensorFile } from "../src/engine/onnx/tensor-file.ts"
import { vgg19 } from "./networks/vision.ts"

const LIMIT = 2 * 2 ** 30

const folder = mkdtempSync(join(tmpdir(), "onus-memory-"))
try {
  writeFileSync(join(folder, "vgg19.onnx"), saveOnnx(vgg19()))
  const image = Float32Array.from({ length: 3 * 224 * 224 }, (_, i) => ((i * 31) % 255) / 255)
  writeFileSync(
    join(folder, "image.pb"),
    encodeTensorFile(tensorOf("image", "float32", [1, 3, 224, 224], image)),
  )
  const main = new URL("../src/cli/main.ts", import.meta.url).pathname
  const args = ["node", "onus", "run", "vgg19.onnx", "--input", "image=image.pb", "--json"]
  const measured = `
    process.on("exit", () => process.stderr.write("peak " + process.resourceUsage().maxRSS + "\\n"))
    const { main } = await import(${JSON.stringify(main)})
    await main(${JSON.stringify(args)})`
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--import", import.meta.resolve("tsx"), "--input-type=module", "--eval", measured],
    { cwd: folder, encoding: "utf8", maxBuffer: 2 ** 28 },
  )
  if (status !== 0) throw new Error(stdout + stderr)
  const { timings } = JSON.parse(stdout) as { timings: Record<string, number> }
  const peak = 1024 * Number(/peak (\d+)/.exec(stderr)?.[1])
  console.log(`VGG-19: peak ${(peak / 2 ** 20).toFixed(0)} MiB of ${LIMIT / 2 ** 20} MiB allowed`, timings)
  process.exitCode = peak <= LIMIT ? 0 : 1
} finally {
  rmSync(folder, { recursive: true })
}
