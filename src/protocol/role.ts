/** What a key may do for its provider; a key holds any sum of them. Twin of `contracts/types/Role.sol`. */
export const Role = {
  /** Sign receipts. */
  Sign: 1,
  /** Anchor receipts and post trace roots. */
  Anchor: 2,
  All: 3,
} as const

/** The names of the roles in a sum of them. */
export function roleNames(roles: number): ("sign" | "anchor")[] {
  return [
    ...(roles & Role.Sign ? (["sign"] as const) : []),
    ...(roles & Role.Anchor ? (["anchor"] as const) : []),
  ]
}
