import type { RegistryRow } from "../entities.ts"
import type { Context } from "./context.ts"

/** The only row of its table. */
export const REGISTRY = "registry"

/** Seconds on the registry's clock, which stands still while disputes are stopped. */
export function clockAt(
  registry: Pick<RegistryRow, "stoppedAt" | "stoppedFor" | "stoppedBefore">,
  time: number,
): number {
  const last = Math.min(Math.max(time - registry.stoppedAt, 0), registry.stoppedFor)
  return time - registry.stoppedBefore - last
}

/** The registry's row, and its clock at the event. */
export async function registryOf(context: Context): Promise<{ registry: RegistryRow; clock: number }> {
  const registry = await context.must("registry", REGISTRY)
  return { registry, clock: clockAt(registry, context.event.time) }
}
