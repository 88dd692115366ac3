import type { Identities } from "./identities.ts"

/** What is not the same, as sentences. */
export function differences(expected: Identities, actual: Identities): string[] {
  const names = new Set([...Object.keys(expected), ...Object.keys(actual)])
  return [...names].flatMap((name) => {
    const [a, b] = [expected[name], actual[name]]
    if (!a || !b) return [`${name} is missing`]
    const keys = Object.keys(a) as (keyof typeof a)[]
    return keys.filter((key) => a[key] !== b[key]).map((key) => `${name}: ${key} is ${b[key]}, not ${a[key]}`)
  })
}
