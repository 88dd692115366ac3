/** Whether every drill is wanted, or those that `npm test` has time for. */
const ALL = process.env.ONUS_LONG === "1"

/** A drill that only `npm run test:long -- drills` has time for. */
export const long: (title: string, drill: (this: Mocha.Context) => Promise<void>) => unknown = (
  title,
  drill,
) => (ALL ? it(title, drill) : undefined)

/** Of several ways to fail those that there is time for. */
export const selection = <T>(all: readonly T[], few: readonly T[]): readonly T[] => (ALL ? all : few)
