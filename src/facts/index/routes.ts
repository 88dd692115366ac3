import type { Facts } from "../source.ts"

/** Where each question is asked over HTTP; `:id` is the first argument, and what else is wished for is in the query. */
export const ROUTES = {
  status: "/v1/status",
  providers: "/v1/providers",
  provider: "/v1/providers/:id",
  keys: "/v1/providers/:id/keys",
  services: "/v1/providers/:id/services",
  history: "/v1/providers/:id/history",
  counterparties: "/v1/providers/:id/counterparties",
  events: "/v1/providers/:id/events",
  batches: "/v1/batches",
  models: "/v1/models",
  model: "/v1/models/:id",
  receipt: "/v1/receipts/:id",
  disputes: "/v1/disputes",
  dispute: "/v1/disputes/:id",
  refusals: "/v1/refusals",
  credits: "/v1/credits",
} as const satisfies { readonly [Q in keyof Facts]: string }

export type Question = keyof typeof ROUTES

type Parameters = Readonly<Record<string, "number" | "amount" | "flag" | "text">>

const PAGE = { limit: "number", cursor: "text" } as const

/** What can be wished for with a question, and how it is written. */
export const PARAMETERS: Readonly<Partial<Record<Question, Parameters>>> = {
  providers: {
    ...PAGE,
    order: "text",
    isDescending: "flag",
    model: "text",
    status: "text",
    minStake: "amount",
    minScore: "number",
    search: "text",
  },
  history: { days: "number" },
  events: PAGE,
  batches: { ...PAGE, provider: "text", model: "text" },
  models: PAGE,
  disputes: { ...PAGE, provider: "text", model: "text", challenger: "text", state: "text" },
  refusals: { ...PAGE, provider: "text" },
  credits: { ...PAGE, to: "text", state: "text" },
}
