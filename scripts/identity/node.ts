// Prints the identities of this machine as JSON: `node.ts THREADS [large]`.
import { readFileSync } from "node:fs"
import { DIGITS, identitiesOf } from "./identities.ts"

const [threads, size] = process.argv.slice(2)
const options = { threads: Number(threads), large: size === "large" }
console.log(JSON.stringify(await identitiesOf(readFileSync(DIGITS), options)))
