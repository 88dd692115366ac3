/** A contract some of whose calls are answered by a test; all else is as it is. */
export function answering<T extends object>(contract: T, answers: Readonly<Record<string, unknown>>): T {
  return new Proxy(contract, {
    get: (of, name): unknown =>
      typeof name === "string" && name in answers ? answers[name] : Reflect.get(of, name),
  })
}
