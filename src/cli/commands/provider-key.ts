import { Command } from "commander"
import type { KeyChange } from "../../protocol/key-change.ts"
import { OnusError } from "../../protocol/errors.ts"
import { Role, roleNames } from "../../protocol/role.ts"
import { chainTime } from "../../sdk/chain-time.ts"
import { changeKey, signChange } from "../../sdk/change-key.ts"
import { decodeKeyChange, encodeKeyChange } from "../../sdk/key-change-file.ts"
import { addKey, revokeKey } from "../../sdk/keys.ts"
import { command, reports, sentReport, withKey } from "../command.ts"
import { aboutFile, readFile, requireAbsent, writeAtomically } from "../file.ts"
import { fields } from "../output.ts"
import { type ChainOptions, type SigningSession, parseAddress, signing } from "../session.ts"
import { parseDate, parseDuration, showTime } from "../time.ts"

interface ChangeOptions extends ChainOptions {
  readonly signTo?: string
  readonly within: string
}

interface AddOptions extends ChangeOptions {
  readonly until: string
  readonly roles: string
}

/** `onus provider key ...`: who may sign and anchor for the provider, and when. */
export function providerKeyCommand(): Command {
  return new Command("key")
    .description("add and revoke keys that sign and anchor")
    .addCommand(addKeyCommand())
    .addCommand(revokeKeyCommand())
    .addCommand(sendChangeCommand())
}

const EXAMPLE = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"

function addKeyCommand(): Command {
  const description = "let a key act from now on"
  const examples = [`provider key add ${EXAMPLE} --until +30d --roles sign`]
  return signable(withKey(command("add [options] <address>", description, ...examples)))
    .argument("<address>", "of the key; the provider's own address is a key only when added too")
    .option("--until <date>", "when it ends: 2027-01-31 or +30d", "+90d")
    .requiredOption("--roles <roles>", "what it may do: sign, anchor, or sign,anchor")
    .action(
      reports((address: string, options: AddOptions) => {
        const key = parseAddress(address)
        const roles = parseRoles(options.roles)
        return change(options, async (session) => {
          const { client, account } = session
          const until = parseDate(options.until, await chainTime(client))
          const data = { provider: account, key, until: Number(until), roles: roleNames(roles) }
          const may = `key ${key} may ${data.roles.join(" and ")} until ${showTime(until)}`
          const wanted = { key, validUntil: until, roles }
          return { data, line: may, wanted, send: () => addKey(client, key, until, roles) }
        })
      }),
    )
}

function revokeKeyCommand(): Command {
  const description = "end a key's validity now; what it signed before stays evidence"
  return signable(
    withKey(command("revoke [options] <address>", description, `provider key revoke ${EXAMPLE}`)),
  )
    .argument("<address>", "of the key")
    .action(
      reports((address: string, options: ChangeOptions) => {
        const key = parseAddress(address)
        return change(options, ({ client, account }) => ({
          data: { provider: account, key },
          line: `key ${key} is revoked`,
          wanted: { key, validUntil: 0n, roles: 0 },
          send: () => revokeKey(client, key),
        }))
      }),
    )
}

function sendChangeCommand(): Command {
  const description = "send a change that the provider signed with --sign-to; anyone may"
  return withKey(command("send [options] <file>", description, "provider key send change.json"))
    .argument("<file>", "that `--sign-to` wrote")
    .action(
      reports((file: string, options: ChainOptions) => {
        const text = readFile(file).toString()
        const signed = aboutFile(file, () => decodeKeyChange(text))
        return signing(options, async ({ client }) => {
          const sent = sentReport(await changeKey(client, signed))
          const { provider, key, roles } = signed.change
          const data = { provider, key, roles: roleNames(roles), ...sent }
          const done = roles === 0 ? "is revoked" : `may ${data.roles.join(" and ")}`
          return { data, lines: [`key ${key} of ${provider} ${done}`, ...fields(sent)] }
        })
      }),
    )
}

function signable(command: Command): Command {
  return command
    .option("--sign-to <file>", "send nothing: sign the change into a file, for anyone to send")
    .option("--within <duration>", "how long a signed change can be sent", "7d")
}

/** A change of a key, to be sent or signed. */
interface Planned {
  readonly data: object
  readonly line: string
  readonly wanted: Pick<KeyChange, "key" | "validUntil" | "roles">
  readonly send: () => ReturnType<typeof addKey>
}

async function change(
  { signTo, ...options }: ChangeOptions,
  plan: (session: SigningSession) => Planned | Promise<Planned>,
) {
  if (signTo !== undefined) requireAbsent(signTo)
  const within = parseDuration(options.within)
  return signing(options, async (session) => {
    const { data, line, wanted, send } = await plan(session)
    if (signTo === undefined) {
      const sent = sentReport(await send())
      return { data: { ...data, ...sent }, lines: [line, ...fields(sent)] }
    }
    const { client, key, account } = session
    const deadline = (await chainTime(client)) + within
    const signed = await signChange(client, key, { ...wanted, provider: account, deadline })
    writeAtomically(signTo, encodeKeyChange(signed))
    const sendable = { file: signTo, deadline: Number(deadline) }
    return {
      data: { ...data, ...sendable },
      lines: [`signed, not sent: ${line}`, ...fields({ ...sendable, deadline: showTime(deadline) })],
    }
  })
}

function parseRoles(text: string): number {
  const roles = { sign: Role.Sign, anchor: Role.Anchor } as const
  const names = text.split(",")
  if (names.every((name) => name in roles))
    return names.reduce((sum, name) => sum | roles[name as keyof typeof roles], 0)
  throw new OnusError("RolesInvalid", `${JSON.stringify(text)} names no roles`, {
    hint: "Write sign, anchor, or sign,anchor",
  })
}
