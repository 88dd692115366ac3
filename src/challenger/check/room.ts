import { OnusError } from "../../protocol/errors.ts"
import type { Caps } from "./caps.ts"
import type { CompiledModel } from "./compile.ts"

/** Refuses a model that this machine has no room for. @throws OnusError `ModelTooLarge`. */
export function requireRoom(
  { program, needs }: CompiledModel,
  { engineBytes, keptBytes }: Pick<Caps, "engineBytes" | "keptBytes">,
): void {
  const tooMuch =
    needs.engineBytes > engineBytes
      ? [needs.engineBytes, engineBytes]
      : needs.keptBytes > keptBytes
        ? [needs.keptBytes, keptBytes]
        : undefined
  if (!tooMuch) return
  const [needed, allowed] = tooMuch.map((bytes) => `${Math.ceil(bytes / 2 ** 20)} MiB`)
  throw new OnusError("ModelTooLarge", `Model ${program.modelId} needs ${needed}; ${allowed} are allowed`, {
    hint: "Allow it more memory, if the machine has it",
  })
}
