/** A bundle as a file has it, for tests that change one thing. */
export interface BundleJson {
  format: string
  registry: Record<string, string>
  receipt: Record<string, unknown>
  signature?: string
  tensors: Record<string, string>
  inclusion?: { path: { digest: string }[] }
  extra?: unknown
}
