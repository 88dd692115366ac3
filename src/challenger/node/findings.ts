import type { OnusError } from "../../protocol/errors.ts"
import type { ChallengerConfig } from "../../service/config/challenger-config.ts"
import type { Run } from "../../service/program.ts"
import type { Known } from "../book.ts"
import { Exporter, type ExporterOptions } from "../export/exporter.ts"
import type { Finding } from "../schedule/scheduler.ts"
import type { Hooks } from "./composition.ts"

/** What was found is told, with who is to be asked about what cannot be judged; what is wrong is written down for others. */
export function findings(
  { export: { folder } }: Pick<ChallengerConfig, "export">,
  { instruments: { log } }: { readonly instruments: Pick<Run["instruments"], "log"> },
  checker: ExporterOptions["checker"],
  hooks: Pick<Hooks, "found">,
): (known: Known, finding: Finding, seconds: number) => void {
  const exporter = new Exporter({ folder, checker })
  return (known, finding, seconds) => {
    const { verdict } = finding
    const { id } = known
    if (verdict !== "passed") hooks.found(verdict, seconds)
    if (verdict === "unfetchable" || verdict === "differs") {
      const { provider, modelId } = known.signed.receipt
      const { reason } = finding
      log.info({ receiptId: id, provider, modelId, verdict, reason }, "An answer cannot be judged")
    }
    if (verdict !== "mismatch") return
    log.warn({ receiptId: id, reason: finding.reason }, "An answer is wrong")
    exporter.write(known, finding).then(
      (path) => log.info({ receiptId: id, path }, "Its evidence is written down"),
      (error: OnusError) => log.warn({ receiptId: id, error }, "Its evidence cannot be written down"),
    )
  }
}
