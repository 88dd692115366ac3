import { createServer } from "node:net"
import { OnusError } from "../../src/protocol/errors.ts"

/**
 * Reads the number of a port that nobody listens at: who learns it at the end has waited for nothing.
 *
 * @throws OnusError `PortInvalid`, `PortTaken`.
 */
export async function freePortIn(text: string): Promise<number> {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new OnusError("PortInvalid", `${JSON.stringify(text)} is not a port`, {
      hint: "Give a number up to 65535, or 0 for any that is free",
    })
  await new Promise<void>((resolve, reject) => {
    const server = createServer().once("error", reject)
    server.listen(port, "127.0.0.1", () => server.close(() => resolve()))
  }).catch((cause: unknown) => {
    throw new OnusError("PortTaken", `Nothing can be served at port ${port}: ${String(cause)}`, {
      hint: "Name another one with --port; 0 is any that is free",
      cause,
    })
  })
  return port
}
