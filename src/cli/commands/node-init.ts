import { renderConfig } from "../../service/config/render.ts"
import { command, reports } from "../command.ts"
import { NewFile, requireAbsent } from "../file.ts"

interface InitOptions {
  readonly out: string
  readonly minimal?: boolean
}

/** `onus node init`: writes a configuration to start from. */
export function nodeInitCommand() {
  return command("init [options]", "write a commented configuration", "node init --out onus.toml")
    .option("--out <file>", "where to; must not exist", "onus.toml")
    .option("--minimal", "only what everybody has to say")
    .action(reports(writeConfig))
}

function writeConfig({ out, minimal }: InitOptions) {
  requireAbsent(out)
  const file = new NewFile(out)
  try {
    file.publish(renderConfig(minimal ? "minimal" : "maximal"))
  } finally {
    file.discard()
  }
  return {
    data: { file: out },
    lines: [
      `wrote ${out}`,
      "Next: fill in chain, provider, keys and models, then `onus node config check`; docs/running.md leads through it",
    ],
  }
}
