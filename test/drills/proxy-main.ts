// A proxy before a node as a process of its own: `proxy-main.ts TARGET` prints its URL and that of its control as JSON.
import { startControl } from "../helpers/rpc-proxy-control.ts"
import { startProxy } from "../helpers/rpc-proxy.ts"

const [target] = process.argv.slice(2)
if (!target) throw new Error("Give the URL of the node")
const proxy = await startProxy(target)
const { url: control } = await startControl(proxy)
console.log(JSON.stringify({ url: proxy.url, control }))
