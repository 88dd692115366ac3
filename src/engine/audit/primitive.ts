import { Body, Op, type Step } from "../../protocol/program.ts"

/** The name of a number in such a table. */
export const nameOf = (names: Readonly<Record<string, number>>, number: number): string =>
  Object.keys(names).find((name) => names[name] === number) ?? String(number)

/** What a step does, for people: its body, and how many scalar operations follow. */
export function primitiveOf({ body, mode, epilogue }: Step): string {
  if (body === Body.Read && epilogue.length === 0) return "Move"
  const name = body === Body.Fold ? `Fold ${nameOf(Op, mode)}` : nameOf(Body, body)
  return epilogue.length === 0 ? name : `${name} +${epilogue.length}`
}
