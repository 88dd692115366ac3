/**
 * `onus/react`: the facts in components. A thin layer: each hook asks one question, keeps asking, and says what became of it.
 */
export { type Onus, OnusProvider, type OnusProviderProps, useOnus } from "./context.ts"
export {
  type FollowedDispute,
  useComparison,
  useDispute,
  useModel,
  usePolicyCheck,
  useProvider,
  useProviders,
  useReceipt,
  useStatus,
} from "./hooks.ts"
export { type Asked, useAsked } from "./use-asked.ts"
