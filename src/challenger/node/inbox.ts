import Fastify from "fastify"
import type { AddressInfo } from "node:net"
import { OnusError } from "../../protocol/errors.ts"
import type { ChallengerConfig } from "../../service/config/challenger-config.ts"
import type { Run } from "../../service/program.ts"
import { InboxFolder } from "../inbox/folder.ts"
import { addInbox } from "../inbox/http.ts"
import { Inbox, type InboxOptions } from "../inbox/inbox.ts"

/** Strangers have so long for a request, and may have so many connections. */
const LIMITS = { requestTimeout: 30_000, connectionTimeout: 60_000, keepAliveTimeout: 30_000 }
const MOST_CONNECTIONS = 200
/** Bytes of a body where none is expected: only those of the inbox itself are counted. */
const NO_BODY = 1024

/** Where consumers hand in answers. */
export interface OpenInbox {
  readonly folder: InboxFolder | undefined
  /** Takes nothing more over HTTP. */
  close(): Promise<void>
}

/** Opens the doors that the configuration names. @throws OnusError `PortUnavailable`. */
export async function openInbox(
  { inbox: settings }: Pick<ChallengerConfig, "inbox">,
  { instruments }: Pick<Run, "instruments">,
  options: InboxOptions,
): Promise<OpenInbox> {
  const { log } = instruments
  const { folder, host, port, maxBody } = settings
  const inbox = new Inbox(options)
  const server = port === undefined ? undefined : await serve({ host, port, maxBody }, inbox, log)
  return {
    folder: folder === undefined ? undefined : new InboxFolder({ folder, inbox, maxBytes: maxBody, log }),
    close: async () => server?.close(),
  }
}

async function serve(
  { host, port, maxBody }: { readonly host: string; readonly port: number; readonly maxBody: number },
  inbox: Inbox,
  log: Run["instruments"]["log"],
) {
  const app = Fastify({
    ...LIMITS,
    bodyLimit: NO_BODY,
    forceCloseConnections: "idle",
    exposeHeadRoutes: false,
  })
  app.server.maxConnections = MOST_CONNECTIONS
  addInbox(app, {
    inbox,
    maxBody,
    failed: (error) => log.error({ error }, "Something that was handed in could not be taken"),
  })
  try {
    await app.listen({ host, port })
  } catch (cause) {
    throw new OnusError(
      "PortUnavailable",
      `${host}:${port} cannot be listened on: ${(cause as Error).message}`,
      {
        hint: "Another process may have it: name another one in inbox.port",
        cause,
      },
    )
  }
  log.info({ port: (app.server.address() as AddressInfo).port }, "Answers can be handed in over HTTP")
  return app
}
