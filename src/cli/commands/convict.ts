import type { Command } from "commander"
import { DIRECT } from "../../protocol/batch.ts"
import { convictEquivocation } from "../../sdk/convict.ts"
import { requireRegistry } from "../../sdk/verify.ts"
import { command, reports, withKey } from "../command.ts"
import { convictionReport } from "../conviction.ts"
import { readBundle } from "../file.ts"
import { type ChainOptions, signing } from "../session.ts"

/** `onus convict`: one request, two signed answers. */
export function convictCommand(): Command {
  const description = "convict a provider that signed two answers to one request"
  return withKey(command("convict [options] <a> <b>", description, "convict answer-a.json answer-b.json"))
    .argument("<a>", "file with the accused answer")
    .argument("<b>", "file with another answer to the same request")
    .option("--bond", "A is anchored: its bond pays the consumer too")
    .option("--by-place", "B is anchored: its place convicts, whoever signed it")
    .action(
      reports((a: string, b: string, options: ChainOptions & { bond?: boolean; byPlace?: boolean }) => {
        const [accused, other] = [readBundle(a), readBundle(b)]
        return signing(options, async ({ client, money }) => {
          for (const { signed } of [accused, other]) requireRegistry(client.registry, signed.registry)
          const inclusion = options.bond ? (accused.inclusion ?? DIRECT) : undefined
          const place = options.byPlace ? (other.inclusion ?? DIRECT) : undefined
          return convictionReport(
            await convictEquivocation(client, accused.signed, other.signed, inclusion, place),
            money,
          )
        })
      }),
    )
}
