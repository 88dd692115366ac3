import { OnusError } from "../../protocol/errors.ts"
import { CHALLENGER } from "../../service/config/challenger-schema.ts"
import type { LoadOptions } from "../../service/config/load.ts"
import { caseData, receiptData, withBook } from "../book.ts"
import { command, reports } from "../command.ts"
import { withConfig } from "../configuration.ts"
import { fields } from "../output.ts"

/** `onus challenger show ID`: everything that the book knows of one answer. */
export function challengerShowCommand() {
  return withConfig(
    CHALLENGER,
    command(
      "show <receipt-id> [options]",
      "everything that is known of an answer",
      "challenger show 0x12...34",
    ).argument("<receipt-id>", "32 bytes as hex, or a case as `challenger list` names it"),
  ).action(reports(show))
}

function show(named: string, options: LoadOptions) {
  const id = named.split(":").at(-1).toLowerCase()
  return withBook(options, async (book, about) => {
    const { known, rivals, cases } = await about(book, id)
    if (!known && cases.length === 0) {
      throw new OnusError("ReceiptUnknown", `The book does not know the receipt ${id}`, {
        hint: "`onus challenger list` says what it knows; what is long over was forgotten",
      })
    }
    const receipt = known && receiptData(known)
    const data = {
      ...(receipt ? { receipt } : {}),
      rivals: rivals.map((one) => one.id),
      cases: cases.map(caseData),
    }
    return {
      data,
      lines: [
        ...(receipt ? fields(receipt) : []),
        ...rivals.map((one) => `contradicted by ${one.id}`),
        ...data.cases.flatMap((one) => ["", ...fields(one)]),
      ],
    }
  })
}
