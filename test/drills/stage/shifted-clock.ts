// Loaded into every thread of a node (`NODE_OPTIONS=--import`): the machine's clock is off by `ONUS_DRILL_CLOCK` seconds; with
// SIGUSR2 it is set right, or wrong if it was right.
import { isMainThread } from "node:worker_threads"

const seconds = Number(process.env.ONUS_DRILL_CLOCK)
const now = Date.now.bind(Date)
let isOff = process.env.ONUS_DRILL_CLOCK_RIGHT !== "1"

Date.now = () => now() + (isOff ? 1000 * seconds : 0)
globalThis.Date = new Proxy(Date, {
  construct: (target, values: [], made) =>
    Reflect.construct(target, values.length > 0 ? values : [Date.now()], made) as Date,
})
if (isMainThread) process.on("SIGUSR2", () => (isOff = !isOff))
