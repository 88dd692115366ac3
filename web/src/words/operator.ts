/** What the parts of an operator's name mean: see `primitiveOf`. */
const WORDS: Readonly<Record<string, string>> = {
  Move: "copy",
  Read: "selection",
  Dot: "dot product",
  Rank: "ranking",
  "Fold Add": "sum",
  "Fold Mul": "product",
  "Fold Max": "maximum",
  "Fold Min": "minimum",
}

/**
 * An operator in words: what it does, and how many scalar instructions follow.
 *
 * @param primitive such as `Dot +4`.
 * @param terms that it goes through, if they are to be said.
 */
export function operatorWords(primitive: string, terms = 1): string {
  const [, name = primitive, more] = /^(.*?)(?: \+(\d+))?$/.exec(primitive) ?? []
  const words = `${WORDS[name] ?? name}${terms > 1 ? ` over ${terms} terms` : ""}`
  if (more === undefined) return words
  return `${words}, then ${more} ${more === "1" ? "instruction" : "instructions"}`
}
