import react from "@vitejs/plugin-react"
import { type Plugin, defineConfig } from "vite"

/** Where pages may fetch facts from besides their own server, as sources of a content security policy. */
const { ONUS_CONNECT = "" } = process.env

/** What a page may do: run its own code, and talk to its own server. Wallets reach it without the network. */
const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  // Charts place their parts by style attributes.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  `connect-src 'self' ${ONUS_CONNECT}`.trim(),
  "base-uri 'none'",
  "form-action 'none'",
].join("; ")

/** Puts the policy into the page. */
const policy: Plugin = {
  name: "content security policy",
  apply: "build",
  transformIndexHtml: (html) => html.replace("%CSP%", CSP),
}

/** Leaves the code of contracts out of their typed clients: pages deploy nothing. */
const withoutBytecode: Plugin = {
  name: "without bytecode",
  enforce: "pre",
  transform: (code, id) =>
    id.includes("/types/contracts/factories/")
      ? code.replace(/(_bytecode\s*=\s*)"0x[0-9a-fA-F]*"/, '$1"0x"')
      : undefined,
}

export default defineConfig({
  plugins: [policy, withoutBytecode, react()],
  define: { "process.env.NODE_ENV": '"production"' },
  build: { target: "es2024", modulePreload: { polyfill: false }, reportCompressedSize: false },
  worker: { format: "es" },
})
